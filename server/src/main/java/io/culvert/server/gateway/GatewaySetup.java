package io.culvert.server.gateway;

import io.culvert.config.TunnelFile;
import io.culvert.server.config.GatewayConfig;
import io.culvert.tun.Tun;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway is made of.
 *
 * @param config the gateway's file
 * @param file the tunnel's file
 * @param tun the inside, up and addressed; the gateway's from now on. Null where the gateway makes
 *     its own, in userspace
 * @param mtu of the inside
 * @param fwmark what policy routing knows our own packets by; 0 for none
 * @param stateFolder where a certificate that the gateway makes itself is kept
 * @param statusSocket where {@code show} asks; null where nobody can
 * @param instance of this process, told in HELLO
 */
public record GatewaySetup(
        GatewayConfig config,
        TunnelFile file,
        @Nullable Tun tun,
        int mtu,
        int fwmark,
        Path stateFolder,
        @Nullable Path statusSocket,
        UUID instance) {}
