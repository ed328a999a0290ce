package io.culvert.client.tunnel;

import io.culvert.client.loop.NettyLoop;
import io.culvert.client.proxy.FlowInfo;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.attach.AttachDoor;
import io.culvert.client.proxy.forward.StartFailure;
import io.culvert.client.proxy.front.OpenDoor;
import io.culvert.client.proxy.front.ProxyFront;
import io.culvert.client.proxy.front.ProxySetup;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.client.proxy.splice.LoopSockets;
import io.culvert.client.proxy.splice.StdioPipe;
import io.culvert.client.stack.Probe;
import io.culvert.client.stack.StackInside;
import io.culvert.config.InterfaceSection;
import io.culvert.config.TunnelFile;
import io.culvert.control.InterfaceStatus;
import io.culvert.control.InterfaceStatus.FlowStatus;
import io.culvert.control.StatusSocket;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.StackSetup;
import io.culvert.netstack.TcpTimings;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.tun.stack.StackTun;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client's tunnel whose inside is a proxy front over a stack of our own: no device, no root. All
 * of it is on the tunnel's one loop.
 *
 * <p>Thread-safe: its methods hop to the loop.
 */
public final class ProxyTunnel implements AutoCloseable {
    /** What is left of a usual path by every carrier; a peer's segments are no longer either. */
    private static final int USUAL_MTU = 1420;

    /** How long somebody waits for the answer to a question. */
    private static final long CHECK_S = 20;

    private static final int KEY_BYTES = 16;
    private static final int FLOW_BUFFER_BYTES = 4 << 20;
    private static final int HEAP_A_BUFFER = 5;

    private final TunnelFile file;
    private final StackTun tun;
    private final ClientTunnel tunnel;
    private final ProxyFront front;

    private final CompletableFuture<Void> endAsked = new CompletableFuture<>();

    private @Nullable StatusSocket statusSocket;

    /** Null where nobody may join. */
    private @Nullable AttachDoor attachDoor;

    private ProxyTunnel(TunnelFile file, StackTun tun, ClientTunnel tunnel, ProxyFront front) {
        this.file = file;
        this.tun = tun;
        this.tunnel = tunnel;
        this.front = front;
    }

    /**
     * Starts the tunnel; it connects by itself and for ever.
     *
     * @throws IOException when a socket cannot be had; nothing is left behind
     */
    public static ProxyTunnel start(TunnelFile file, KnownHosts hosts, ProxySetup proxy)
            throws IOException {
        StackTun tun =
                new StackTun(file.name(), stackSetup(file), Arrivals.NONE, MonotonicClock.system());
        ClientTunnel tunnel = ClientTunnel.start(clientSetup(file, hosts, tun));
        boolean success = false;
        try {
            ProxyFront front = tunnel.call(loop -> front(file, tun, tunnel, proxy, loop));
            success = true;
            return new ProxyTunnel(file, tun, tunnel, front);
        } finally {
            if (!success) {
                tunnel.close();
            }
        }
    }

    private static ClientSetup clientSetup(TunnelFile file, KnownHosts hosts, StackTun tun) {
        return new ClientSetup(
                file, hosts, tun, mtu(file), 0, null, UUID.randomUUID(), _ -> null, false);
    }

    private static int mtu(TunnelFile file) {
        Integer chosen = file.local().mtu();
        return chosen == null ? USUAL_MTU : chosen;
    }

    private static StackSetup stackSetup(TunnelFile file) {
        SecureRandom random = new SecureRandom();
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new StackSetup(
                addresses(file.local()),
                new StackSetup.Link(mtu(file), true, false),
                StackLimits.defaults().withBuffers(mostBufferBytes(), FLOW_BUFFER_BYTES),
                TcpTimings.defaults(),
                new StackSetup.Secrets(random, new StackSetup.Key(key)),
                new Drops());
    }

    /** The heap also holds the packets on their way, which may be many. */
    private static long mostBufferBytes() {
        return Runtime.getRuntime().maxMemory() / HEAP_A_BUFFER;
    }

    private static List<IpAddress> addresses(InterfaceSection local) {
        return local.addresses().stream().map(IpPrefix::ip).distinct().toList();
    }

    private static ProxyFront front(
            TunnelFile file, StackTun tun, ClientTunnel tunnel, ProxySetup proxy, NettyLoop loop) {
        List<IpPrefix> routes =
                file.peers().stream().flatMap(peer -> peer.allowedIps().stream()).toList();
        StackInside inside =
                new StackInside(
                        tun.stack(),
                        addresses(file.local()),
                        address -> routes.stream().anyMatch(route -> route.contains(address)));
        return new ProxyFront(loop, new LoopSockets(loop), inside, proxy, tunnel::answers);
    }

    /**
     * Opens what the setup names, and tells where; waits for it.
     *
     * @throws StartFailure when something cannot be opened
     */
    public List<OpenDoor> open() throws IOException {
        return await(tunnel.call(_ -> front.start()));
    }

    private static <T> T await(CompletableFuture<T> opened) throws IOException {
        try {
            return opened.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StartFailure failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Answers {@code show} at this place from now on. */
    public void answerAt(Path place) throws IOException {
        statusSocket = StatusSocket.open(place, this::status);
    }

    /** Lets further processes of this user use the tunnel, from now on. */
    public void attachAt(Path place) throws IOException {
        LocalAddress.Unix at = new LocalAddress.Unix(place);
        await(
                tunnel.call(_ -> {
                    AttachDoor door = new AttachDoor(front.switchboard(), new Host());
                    attachDoor = door;
                    return front.attach(at, door);
                }));
    }

    /** What further processes may ask. Called on the loop. */
    private final class Host implements AttachDoor.Host {
        @Override
        public String publicKey() {
            return file.local().privateKey().publicKey().toBase64();
        }

        @Override
        public CompletableFuture<String> check(String host, int port) {
            return ProxyTunnel.this.check(host, port);
        }

        @Override
        public void end() {
            endAsked.complete(null);
        }
    }

    /** Completes when another process asks for the end of this one. */
    public CompletableFuture<Void> endAsked() {
        return endAsked;
    }

    /** Whether further processes use the tunnel now. */
    public boolean isJoined() throws IOException {
        return tunnel.call(_ -> attachDoor != null && attachDoor.joined() > 0);
    }

    /** Completes when no further process uses the tunnel. */
    public CompletableFuture<Void> unused() throws IOException {
        return tunnel.call(_ ->
                attachDoor == null
                        ? CompletableFuture.<Void>completedFuture(null)
                        : attachDoor.unused());
    }

    /** The tunnel, for how it fares. */
    public ClientTunnel tunnel() {
        return tunnel;
    }

    /** What {@code show} tells. */
    public CompletableFuture<InterfaceStatus> status() {
        try {
            List<FlowStatus> now = tunnel.call(_ -> flows());
            return tunnel.status().thenApply(status -> status.withFlows(now));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private List<FlowStatus> flows() {
        return front.flows().stream().map(ProxyTunnel::status).toList();
    }

    private static FlowStatus status(FlowInfo flow) {
        return new FlowStatus(
                flow.kind().label(),
                flow.source(),
                flow.target(),
                flow.receivedBytes(),
                flow.sentBytes(),
                flow.since().truncatedTo(ChronoUnit.MILLIS).toString());
    }

    /**
     * Asks whether a host answers through the tunnel, once the gateway has. The answer is a line,
     * and a failure has one.
     *
     * @param port 0 for a ping
     */
    public CompletableFuture<String> check(String host, int port) {
        String asked = port == 0 ? host : new Target(host, port).toString();
        String through = " through " + file.name();
        return tunnel.reached()
                .thenCompose(by ->
                        probe(host, port)
                                .thenApply(answer ->
                                        answer.text(asked, port) + through + " (" + by + ")"))
                .orTimeout(CHECK_S, TimeUnit.SECONDS)
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(
                                new IOException(why(failure, asked + through))));
    }

    private CompletableFuture<Probe.Answer> probe(String host, int port) {
        CompletableFuture<Probe.Answer> answer = new CompletableFuture<>();
        tunnel.execute(() -> {
            Probe probe =
                    new Probe(front.switchboard().opener(), tun.stack(), MonotonicClock.system());
            var _ =
                    probe.ask(host, port)
                            .whenComplete((told, failure) -> {
                                if (failure == null) {
                                    answer.complete(told);
                                } else {
                                    answer.completeExceptionally(failure);
                                }
                            });
        });
        return answer;
    }

    private String why(Throwable failure, String asked) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (!(cause instanceof TimeoutException)) {
            return asked + ": " + cause.getMessage();
        }
        return tunnel.reached().isDone()
                ? asked + ": no answer within " + CHECK_S + " s"
                : file.name() + ": the gateway does not answer within " + CHECK_S + " s";
    }

    /**
     * Joins two streams with a target; completes at the end, false where that was cut short. To
     * cancel it is to cut it.
     */
    public CompletableFuture<Boolean> pipe(Target target, InputStream in, OutputStream out)
            throws IOException {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        StdioPipe.Outcome outcome =
                new StdioPipe.Outcome() {
                    @Override
                    public void onEnd(boolean isOrderly) {
                        ended.complete(isOrderly);
                    }

                    @Override
                    public void onFailed(OpenFailure failure) {
                        ended.completeExceptionally(
                                new IOException(target + ": " + failure.sentence()));
                    }
                };
        return tunnel.call(_ -> {
            StdioPipe pipe = new StdioPipe(front.switchboard(), in, out, outcome);
            var _ =
                    ended.whenComplete((_, _) -> {
                        if (ended.isCancelled()) {
                            tunnel.execute(pipe::cut);
                        }
                    });
            pipe.start(target);
            return ended;
        });
    }

    /** The tunnel file that it runs by. */
    public TunnelFile file() {
        return file;
    }

    /** Ends what is open on both sides, says goodbye on every carrier and ends the loop. */
    @Override
    public void close() {
        if (statusSocket != null) {
            statusSocket.close();
        }
        try {
            tunnel.call(_ -> {
                front.close();
                tun.flush();
                return true;
            });
        } catch (IOException ignored) {
            // the loop has ended, and all that was on it
        } finally {
            tunnel.close();
        }
    }
}
