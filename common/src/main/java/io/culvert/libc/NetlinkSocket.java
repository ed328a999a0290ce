package io.culvert.libc;

import java.lang.ref.Reference;

/**
 * A descriptor that turns readable when a link, an address or a route of this machine changes
 * (rtnetlink(7)). It tells that something changed, never what. No privilege is needed. Confined to
 * one thread.
 *
 * <pre>
 * struct sockaddr_nl
 *   u16 family    0
 *   u16 padding   2
 *   u32 port      4   0: the kernel chooses
 *   u32 groups    8
 *   size         12
 * </pre>
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int TYPE = 3 | 0x800 | 0x80000; // SOCK_RAW | _NONBLOCK | _CLOEXEC
    private static final int NETLINK_ROUTE = 0;

    /** RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE. */
    private static final int GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    private static final int GROUPS_AT = 8;
    private static final int ADDRESS_SIZE = 12;
    private static final int MOST_READS = 64;

    private final int fd;

    /** What is read is not looked at: a message that is longer is cut, which does no harm. */
    private final NativeBuffer message = NativeBuffer.allocate(4096);

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    /** A socket that hears of changes from now on. */
    public static NetlinkSocket open() throws LibcException {
        int fd = NativeCalls.socket(AF_NETLINK, TYPE, NETLINK_ROUTE);
        if (fd < 0) {
            throw Libc.failure("socket AF_NETLINK");
        }
        boolean success = false;
        try {
            bind(fd);
            success = true;
            return new NetlinkSocket(fd);
        } finally {
            if (!success) {
                Libc.close(fd);
            }
        }
    }

    private static void bind(int fd) throws LibcException {
        NativeBuffer address = NativeBuffer.allocate(ADDRESS_SIZE);
        address.bytes().putShort(0, (short) AF_NETLINK).putInt(GROUPS_AT, GROUPS);
        try {
            if (NativeCalls.bind(fd, address.address(0, ADDRESS_SIZE), ADDRESS_SIZE) < 0) {
                throw Libc.failure("bind of a netlink socket");
            }
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    /** The number of the descriptor. */
    public int fd() {
        return fd;
    }

    /** Takes the readability away, or some of it; whether anything had changed. */
    public boolean drain() {
        boolean changed = false;
        for (int i = 0; i < MOST_READS; i++) {
            int result = Libc.read(fd, message, 0, message.size());
            // ENOBUFS: there were more messages than fit, so a lot has changed.
            if (result < 0 && result != -Errno.ENOBUFS) {
                return changed;
            }
            changed = true;
        }
        return changed;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
