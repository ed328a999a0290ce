package io.culvert.server.exit;

import io.culvert.libc.Errno;
import io.culvert.netstack.Unreached;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;

/** What this machine's kernel says of a target, in the words of ICMP. Thread-safe (stateless). */
final class Refusal {
    private Refusal() {}

    /** Whether the target itself answered that nobody listens. */
    static boolean isByTarget(int errno) {
        return errno == Errno.ECONNREFUSED;
    }

    /** Why the target was not reached. */
    static Unreached of(int errno) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> Unreached.PORT;
            case Errno.ENETUNREACH,
                    Errno.ENETDOWN,
                    Errno.EAFNOSUPPORT,
                    Errno.EADDRNOTAVAIL,
                    Errno.EINVAL ->
                    Unreached.NETWORK;
            case Errno.EACCES, Errno.EPERM -> Unreached.PROHIBITED;
            default -> isFull(errno) ? Unreached.PROHIBITED : Unreached.HOST;
        };
    }

    /** Counts what this machine had no room for. */
    static void count(int errno, Drops drops) {
        if (isFull(errno)) {
            drops.count(DropReason.EGRESS_FULL);
        }
    }

    private static boolean isFull(int errno) {
        return switch (errno) {
            case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM, Errno.EAGAIN -> true;
            default -> false;
        };
    }
}
