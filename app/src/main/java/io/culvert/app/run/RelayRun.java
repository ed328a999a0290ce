package io.culvert.app.run;

import io.culvert.client.dial.Bearer;
import io.culvert.client.relay.ClientRelay;
import io.culvert.client.relay.RelaySettings;
import io.culvert.client.tls.Trust;
import io.culvert.config.FileFault;
import io.culvert.config.Pin;
import io.culvert.crypto.PublicKey;
import io.culvert.relay.RelayRule;
import io.culvert.time.WallClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code culvert relay}: the client's end of a relay, from start to end. */
public final class RelayRun {
    private static final String LISTEN_FORM = "write --listen udp://127.0.0.1:51821";

    private RelayRun() {}

    /**
     * What the command line says, as text.
     *
     * @param caFile null for the system's trust store, or pins
     * @param tokenFile null for a knock, or an open door
     * @param gatewayKey null for a token, or an open door
     * @param fwmark null for none
     */
    public record Wish(
            String listen,
            String url,
            @Nullable Path caFile,
            List<String> pins,
            @Nullable Path tokenFile,
            @Nullable String gatewayKey,
            @Nullable String fwmark,
            boolean bare,
            boolean anyDatagram) {}

    /**
     * Relays until the process is asked to stop.
     *
     * @param err where the ready line goes
     * @throws WrongInput for a fault of the command line
     */
    public static void run(Wish wish, PrintWriter err) throws IOException, WrongInput {
        InetSocketAddress listen = listen(wish.listen());
        StopSignal stop = StopSignal.install();
        try (RelayFile memory = RelayFile.open(System.getenv(), listen);
                ClientRelay relay = start(settings(wish, listen, memory))) {
            err.println(
                    "ready: relay listens on "
                            + at(listen.getAddress(), relay.port())
                            + " towards "
                            + wish.url());
            err.flush();
            CompletableFuture.anyOf(stop.requested(), relay.failed()).join();
            if (!stop.requested().isDone()) {
                throw new IOException("the relay's loop failed; see the log");
            }
        } finally {
            stop.finished();
        }
    }

    private static ClientRelay start(RelaySettings settings) throws WrongInput {
        try {
            return ClientRelay.start(settings);
        } catch (IllegalArgumentException e) {
            throw new WrongInput("--to: " + e.getMessage());
        } catch (IOException e) {
            throw new WrongInput("--listen: " + e.getMessage());
        }
    }

    private static String at(InetAddress address, int port) {
        String host = address.getHostAddress();
        return "udp://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    private static RelaySettings settings(Wish wish, InetSocketAddress listen, RelayFile memory)
            throws WrongInput {
        return new RelaySettings(
                listen,
                url(wish.url()),
                trust(wish),
                token(wish),
                wish.bare(),
                fwmark(wish.fwmark()),
                wish.anyDatagram() ? RelayRule.ANY : RelayRule.WIREGUARD,
                memory);
    }

    private static InetSocketAddress listen(String text) throws WrongInput {
        URI uri = uri("--listen", text, LISTEN_FORM);
        String path = uri.getRawPath();
        if (!"udp".equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getUserInfo() != null
                || (path != null && path.length() > 1)
                || uri.getRawQuery() != null) {
            throw new WrongInput("--listen: \"" + text + "\" is no UDP address: " + LISTEN_FORM);
        }
        if (uri.getPort() < 0 || uri.getPort() > 65_535) {
            throw new WrongInput(
                    "--listen: \"" + text + "\" has no port from 0 to 65535: " + LISTEN_FORM);
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(uri.getHost()), uri.getPort());
        } catch (UnknownHostException e) {
            throw new WrongInput("--listen: " + uri.getHost() + " is not known: " + LISTEN_FORM);
        }
    }

    private static URI url(String text) throws WrongInput {
        return uri("--to", text, "write --to wss://vpn.example.com/wg");
    }

    private static URI uri(String option, String text, String remedy) throws WrongInput {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new WrongInput(option + ": \"" + text + "\" is no URL: " + remedy);
        }
    }

    private static Trust trust(Wish wish) throws WrongInput {
        if (wish.caFile() != null) {
            requireReadable("--ca-file", wish.caFile());
            return new Trust.CaFile(wish.caFile());
        }
        List<Pin> pins = new ArrayList<>();
        for (String text : wish.pins()) {
            try {
                pins.add(Pin.parse(text));
            } catch (IllegalArgumentException e) {
                throw new WrongInput(
                        "--pin: " + e.getMessage() + ": write sha256/… as the gateway prints it");
            }
        }
        return pins.isEmpty() ? new Trust.SystemStore() : new Trust.Pins(pins);
    }

    private static Supplier<@Nullable String> token(Wish wish) throws WrongInput {
        if (wish.tokenFile() != null) {
            requireReadable("--token-file", wish.tokenFile());
            return Bearer.ofFile(wish.tokenFile());
        }
        if (wish.gatewayKey() == null) {
            return Bearer.none();
        }
        try {
            PublicKey key = PublicKey.parse(wish.gatewayKey());
            return Bearer.ofKnock(key, WallClock.system()::now);
        } catch (IllegalArgumentException e) {
            throw new WrongInput(
                    "--gateway-key: no public key: write 44 characters, as `culvert pubkey`"
                            + " prints");
        }
    }

    private static void requireReadable(String option, Path file) throws WrongInput {
        try (var stream = Files.newInputStream(file)) {
            var _ = stream.read();
        } catch (IOException e) {
            throw new WrongInput(
                    option
                            + ": "
                            + file
                            + " cannot be read ("
                            + FileFault.why(e)
                            + "): name a file that this user may read");
        }
    }

    private static int fwmark(@Nullable String text) throws WrongInput {
        try {
            return text == null ? 0 : Integer.parseUnsignedInt(digits(text), radix(text));
        } catch (NumberFormatException e) {
            throw new WrongInput(
                    "--fwmark: \""
                            + text
                            + "\" is no mark: write a number such as 51820 or 0xca6c");
        }
    }

    private static int radix(String text) {
        return text.startsWith("0x") ? 16 : 10;
    }

    private static String digits(String text) {
        return text.startsWith("0x") ? text.substring(2) : text;
    }
}
