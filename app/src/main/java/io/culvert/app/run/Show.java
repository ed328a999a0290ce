package io.culvert.app.run;

import io.culvert.control.InterfaceStatus;
import io.culvert.control.InterfaceStatus.CarrierStatus;
import io.culvert.control.InterfaceStatus.FlowStatus;
import io.culvert.control.InterfaceStatus.PeerStatus;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.RunDir;
import io.culvert.time.WallClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** {@code culvert show}: what the interfaces that run here tell of themselves. */
public final class Show {
    private static final Logger log = LoggerFactory.getLogger(Show.class);

    private final PrintWriter out;

    /** The user's own before the machine's; the same for root. */
    private final List<RunDir> runDirs;

    /** Prints there. */
    public Show(PrintWriter out) {
        this(out, RunDir.ofUser(System.getenv()), RunDir.of(System.getenv()));
    }

    Show(PrintWriter out, RunDir... runDirs) {
        this.out = out;
        this.runDirs = List.of(runDirs);
    }

    /** What was asked: who told, and who runs and did not. */
    private record Answers(List<InterfaceStatus> told, List<String> silent) {}

    /** Prints the array of all interfaces, or of the one. */
    public int json(@Nullable String name) throws HostException, IOException, WrongInput {
        List<InterfaceStatus> all = query(name).told();
        out.println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all));
        out.flush();
        return 0;
    }

    /** Prints paragraphs, as {@code wg show} does. */
    public int text(@Nullable String name) throws HostException, IOException, WrongInput {
        Answers answers = query(name);
        answers.told().forEach(this::print);
        for (String silent : answers.silent()) {
            out.println("interface: " + silent);
            line("state", "starting or ending, it does not answer now");
            out.println();
        }
        out.flush();
        return 0;
    }

    /** One that does not answer hides no other. */
    private Answers query(@Nullable String name) throws HostException, IOException, WrongInput {
        Answers answers = new Answers(new ArrayList<>(), new ArrayList<>());
        for (RunDir runDir : runDirs) {
            // the machine's interfaces are root's to ask: a user who has some has seen them
            if (answers.told().isEmpty() && answers.silent().isEmpty()) {
                query(name, runDir, answers);
            }
        }
        if (name != null && !answers.silent().isEmpty()) {
            throw new IOException(
                    "the interface "
                            + name
                            + " is starting or ending, it does not answer now: ask again, or end it"
                            + " with `culvert down "
                            + name
                            + "`");
        }
        if (name != null && answers.told().isEmpty()) {
            throw new WrongInput("nothing runs under the name '" + name + "'");
        }
        return answers;
    }

    private static void query(@Nullable String name, RunDir runDir, Answers answers)
            throws HostException, IOException {
        List<String> ours = runDir.names();
        for (String each : ours) {
            boolean isMeant = name == null || name.equals(each);
            if (isMeant && runDir.owner(each) != null) {
                ask(each, runDir, answers);
            }
        }
        // proxies, and what wg-quick has set up, have no journal of ours; a silent one is gone
        for (String each : StatusSocket.names(runDir.folder())) {
            boolean isMeant = name == null || name.equals(each);
            if (isMeant && !ours.contains(each)) {
                askWithoutJournal(each, runDir, answers);
            }
        }
    }

    private static void askWithoutJournal(String name, RunDir runDir, Answers answers) {
        try {
            answers.told().add(StatusSocket.query(StatusSocket.pathOf(runDir.folder(), name)));
        } catch (IOException e) {
            log.debug("{}: {}", name, e.getMessage());
        }
    }

    private static void ask(String name, RunDir runDir, Answers answers) {
        try {
            answers.told().add(StatusSocket.query(StatusSocket.pathOf(runDir.folder(), name)));
        } catch (IOException e) {
            log.debug("{}: {}", name, e.getMessage());
            answers.silent().add(name);
        }
    }

    private void print(InterfaceStatus status) {
        out.println("interface: " + status.name());
        line("public key", status.publicKey());
        if (status.listenPort() != null) {
            line("listening port", status.listenPort().toString());
        }
        line("drops", text(status.drops()));
        for (PeerStatus peer : status.peers()) {
            out.println();
            out.println("peer: " + peer.publicKey());
            line("endpoint", peer.endpoint());
            line("carrier", text(peer.carrier()));
            line("allowed ips", String.join(", ", peer.allowedIps()));
            line("latest handshake", ago(peer.latestHandshake()));
            if (peer.rxBytes() + peer.txBytes() > 0) {
                line(
                        "transfer",
                        bytes(peer.rxBytes()) + " received, " + bytes(peer.txBytes()) + " sent");
            }
            if (peer.persistentKeepalive() != null) {
                line("persistent keepalive", "every " + peer.persistentKeepalive() + " seconds");
            }
            line("drops", text(peer.drops()));
        }
        printFlows(status.flows());
        out.println();
    }

    private void printFlows(@Nullable List<FlowStatus> flows) {
        if (flows == null || flows.isEmpty()) {
            return;
        }
        out.println();
        for (FlowStatus flow : flows) {
            out.println(
                    "flow: "
                            + flow.kind()
                            + " from "
                            + flow.source()
                            + " to "
                            + flow.target()
                            + ", "
                            + bytes(flow.rxBytes())
                            + " received, "
                            + bytes(flow.txBytes())
                            + " sent");
        }
    }

    private void line(String label, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            out.println("  " + label + ": " + value);
        }
    }

    private static @Nullable String text(@Nullable CarrierStatus carrier) {
        if (carrier == null) {
            return null;
        }
        String where = carrier.url() == null ? "" : " " + carrier.url();
        String control = carrier.congestionControl();
        return carrier.kind()
                + where
                + ", "
                + carrier.state()
                + " since "
                + carrier.since()
                + (control == null ? "" : ", " + control)
                + (carrier.connections() == null
                        ? ""
                        : ", " + carrier.connections() + " connections");
    }

    private static String text(Map<String, Long> drops) {
        List<String> parts = new ArrayList<>();
        drops.forEach((reason, count) -> parts.add(count + " " + reason));
        return String.join(", ", parts);
    }

    private static @Nullable String ago(@Nullable String handshake) {
        if (handshake == null) {
            return null;
        }
        Duration age = Duration.between(Instant.parse(handshake), WallClock.system().now());
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 60) {
            return seconds + " seconds ago";
        }
        return seconds / 60 + " minutes, " + seconds % 60 + " seconds ago";
    }

    private static String bytes(long count) {
        if (count < 1024) {
            return count + " B";
        }
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        double value = count / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f %s", value, units[unit]);
    }
}
