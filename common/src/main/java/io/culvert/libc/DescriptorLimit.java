package io.culvert.libc;

import java.lang.ref.Reference;

/** How many descriptors this process may hold (getrlimit(2)). Thread-safe (stateless). */
public final class DescriptorLimit {
    private static final int RLIMIT_NOFILE = 7;

    private DescriptorLimit() {}

    /** Raises the limit as far as this process may, and answers it. */
    public static long raise() throws LibcException {
        NativeBuffer limits = NativeBuffer.allocate(2 * Long.BYTES);
        long address = limits.address(0, limits.size());
        try {
            if (NativeCalls.getrlimit(RLIMIT_NOFILE, address) < 0) {
                throw Libc.failure("getrlimit");
            }
            long soft = limits.bytes().getLong(0);
            long hard = limits.bytes().getLong(Long.BYTES);
            limits.bytes().putLong(0, hard);
            boolean isRaised =
                    Long.compareUnsigned(soft, hard) >= 0
                            || NativeCalls.setrlimit(RLIMIT_NOFILE, address) == 0;
            long limit = isRaised ? hard : soft;
            return limit < 0 ? Long.MAX_VALUE : limit; // RLIM_INFINITY is all ones
        } finally {
            Reference.reachabilityFence(limits);
        }
    }
}
