package io.culvert.client.tunnel;

import io.culvert.config.TunnelFile;
import io.culvert.tun.Tun;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a client's tunnel is made of.
 *
 * @param file its configuration
 * @param hosts where the gateways' addresses come from
 * @param tun the inside, up and addressed; the tunnel's from now on
 * @param mtu of the inside
 * @param fwMark what the kernel marks the carriers' own packets with; 0 for none
 * @param statusSocket where {@code show} asks; null where the owner answers it
 * @param instance of this process, told in HELLO
 * @param control opens the socket by which {@code wg} drives the interface
 * @param isDriven whether key and peers come by that socket, and the file only says by which
 *     WebSocket a peer is reached
 */
public record ClientSetup(
        TunnelFile file,
        KnownHosts hosts,
        Tun tun,
        int mtu,
        int fwMark,
        @Nullable Path statusSocket,
        UUID instance,
        Control control,
        boolean isDriven) {
    /** Opens the control socket. */
    @FunctionalInterface
    public interface Control {
        /**
         * The socket, answered by {@code service}; null where the interface runs without.
         *
         * @throws IOException where it must not run without
         */
        @Nullable UapiSocket open(UapiSocket.Service service) throws IOException;

        /** The usual socket of this interface, where it can be had. */
        static Control optional(String name) {
            return service -> UapiSocket.tryOpen(name, service);
        }
    }
}
