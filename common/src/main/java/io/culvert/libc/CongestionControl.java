package io.culvert.libc;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The congestion control of our TCP sockets (tcp(7), {@code TCP_CONGESTION}): BBR where the kernel
 * has it and allows it, as a loss is no reason for it to send less. Stateless but for the hint,
 * which is given once; thread-safe.
 */
public final class CongestionControl {
    private static final Logger LOG = LoggerFactory.getLogger(CongestionControl.class);
    private static final String WANTED = "bbr";
    private static final AtomicBoolean HINTED = new AtomicBoolean();

    private CongestionControl() {}

    /** Sets BBR for the socket if it can be, and for what it accepts when it listens. */
    public static void prefer(SocketOptions options) {
        try {
            options.setName(WANTED);
        } catch (LibcException e) {
            if (HINTED.compareAndSet(false, true)) {
                LOG.info(
                        "congestion control is {}, and {} is faster where packets get lost: {}",
                        of(options),
                        WANTED,
                        remedy(e));
            }
        }
    }

    /** The name of what the socket uses, such as {@code cubic}; empty when it cannot be told. */
    public static String of(SocketOptions options) {
        try {
            return options.readName();
        } catch (LibcException e) {
            return "";
        }
    }

    private static String remedy(LibcException e) {
        return e.errno() == Errno.EPERM
                ? "add it to sysctl net.ipv4.tcp_allowed_congestion_control"
                : "modprobe tcp_bbr, then add it to net.ipv4.tcp_allowed_congestion_control";
    }
}
