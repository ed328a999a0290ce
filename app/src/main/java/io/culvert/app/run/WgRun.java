package io.culvert.app.run;

import io.culvert.device.UdpInterface;
import io.culvert.host.HostException;
import io.culvert.host.ProcessCommands;
import io.culvert.tun.linux.LinuxTun;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code culvert wg -f INTERFACE}: a WireGuard interface that {@code wg} drives, until it or its
 * control socket goes, or the process is asked to stop.
 */
public final class WgRun {
    private static final Logger log = LoggerFactory.getLogger(WgRun.class);

    /** What wireguard-go gives its interfaces; wg-quick sets its own. */
    private static final int MTU = 1420;

    private WgRun() {}

    /**
     * Runs the interface to its end.
     *
     * @param environment where {@code WG_TUN_FD} may name a TUN device that is open already, and
     *     {@code WG_UAPI_FD} says that the standard input is a listening control socket (the
     *     launcher has put it there)
     * @throws WrongInput where the environment makes no sense
     */
    public static void run(String name, Map<String, String> environment)
            throws IOException, HostException, WrongInput {
        Privilege.require("wg");
        StopSignal stop = StopSignal.install();
        try {
            run(name, environment, stop);
        } finally {
            stop.finished();
        }
    }

    private static void run(String name, Map<String, String> environment, StopSignal stop)
            throws IOException, HostException, WrongInput {
        ServerSocketChannel listening = environment.containsKey("WG_UAPI_FD") ? inherited() : null;
        LinuxTun tun = open(name, environment.get("WG_TUN_FD"));
        try (UdpInterface made = UdpInterface.start(tun, MTU, UapiSocket.pathOf(name), listening)) {
            log.info("{}: ready for wg", name);
            tellLauncher(environment.get("CULVERT_WG_READY"));
            CompletableFuture.anyOf(
                            stop.requested(), made.insideGone(), made.socketGone(), made.failed())
                    .join();
            if (made.failed().isDone()) {
                throw new IOException("the interface's loop failed; see the log");
            }
        }
    }

    private static void tellLauncher(@Nullable String file) throws IOException {
        if (file != null) {
            Files.createFile(Path.of(file));
        }
    }

    private static LinuxTun open(String name, @Nullable String fd)
            throws IOException, HostException, WrongInput {
        if (fd != null) {
            if (!fd.matches("[0-9]{1,6}")) {
                throw new WrongInput("WG_TUN_FD=" + fd + ": not a descriptor: give its number");
            }
            return LinuxTun.attach(Integer.parseInt(fd));
        }
        LinuxTun tun = LinuxTun.open(name);
        boolean success = false;
        try {
            String mtu = Integer.toString(MTU);
            new ProcessCommands()
                    .run(List.of("ip", "link", "set", "dev", tun.name(), "mtu", mtu), "");
            success = true;
            return tun;
        } finally {
            if (!success) {
                tun.close();
            }
        }
    }

    private static ServerSocketChannel inherited() throws IOException, WrongInput {
        Channel channel = System.inheritedChannel();
        if (channel instanceof ServerSocketChannel listening) {
            return listening;
        }
        throw new WrongInput("WG_UAPI_FD: no listening Unix socket was handed over by it");
    }
}
