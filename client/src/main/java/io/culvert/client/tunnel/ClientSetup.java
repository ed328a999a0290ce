package io.culvert.client.tunnel;

import io.culvert.config.TunnelFile;
import io.culvert.tun.Tun;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What a client's tunnel is made of.
 *
 * @param file its configuration
 * @param hosts where the gateways' addresses come from
 * @param tun the inside, up and addressed; the tunnel's from now on
 * @param mtu of the inside
 * @param fwMark what the kernel marks the carriers' own packets with; 0 for none
 * @param statusSocket where {@code show} asks
 * @param instance of this process, told in HELLO
 */
public record ClientSetup(
        TunnelFile file,
        KnownHosts hosts,
        Tun tun,
        int mtu,
        int fwMark,
        Path statusSocket,
        UUID instance) {}
