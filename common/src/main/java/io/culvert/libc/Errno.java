package io.culvert.libc;

import java.util.Map;

/** Error numbers of Linux (asm-generic/errno.h). Immutable. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int EPIPE = 32;
    public static final int EBADFD = 77;
    public static final int ENOTSOCK = 88;
    public static final int EMSGSIZE = 90;
    public static final int ENOPROTOOPT = 92;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;
    public static final int EINPROGRESS = 115;

    private static final Map<Integer, String> TEXTS =
            Map.ofEntries(
                    Map.entry(EPERM, "EPERM, operation not permitted"),
                    Map.entry(ENOENT, "ENOENT, no such file or directory"),
                    Map.entry(EINTR, "EINTR, interrupted"),
                    Map.entry(EIO, "EIO, input/output error"),
                    Map.entry(ENXIO, "ENXIO, no such device or address"),
                    Map.entry(EBADF, "EBADF, bad file descriptor"),
                    Map.entry(EAGAIN, "EAGAIN, try again"),
                    Map.entry(ENOMEM, "ENOMEM, out of memory"),
                    Map.entry(EACCES, "EACCES, permission denied"),
                    Map.entry(EFAULT, "EFAULT, bad address"),
                    Map.entry(EBUSY, "EBUSY, device or resource busy"),
                    Map.entry(EEXIST, "EEXIST, it exists already"),
                    Map.entry(ENODEV, "ENODEV, no such device"),
                    Map.entry(EINVAL, "EINVAL, invalid argument"),
                    Map.entry(ENFILE, "ENFILE, too many open files in the system"),
                    Map.entry(EMFILE, "EMFILE, too many open files"),
                    Map.entry(ENOTTY, "ENOTTY, the device knows no such request"),
                    Map.entry(EPIPE, "EPIPE, nobody reads it"),
                    Map.entry(EBADFD, "EBADFD, file descriptor in bad state"),
                    Map.entry(ENOTSOCK, "ENOTSOCK, not a socket"),
                    Map.entry(EMSGSIZE, "EMSGSIZE, message too long"),
                    Map.entry(ENOPROTOOPT, "ENOPROTOOPT, no such option"),
                    Map.entry(EAFNOSUPPORT, "EAFNOSUPPORT, no such address family here"),
                    Map.entry(EADDRINUSE, "EADDRINUSE, the address is in use"),
                    Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL, no such address here"),
                    Map.entry(ENETDOWN, "ENETDOWN, the network is down"),
                    Map.entry(ENETUNREACH, "ENETUNREACH, no route to that network"),
                    Map.entry(ECONNRESET, "ECONNRESET, the other side reset it"),
                    Map.entry(ENOBUFS, "ENOBUFS, no buffer space"),
                    Map.entry(ETIMEDOUT, "ETIMEDOUT, no answer in time"),
                    Map.entry(ECONNREFUSED, "ECONNREFUSED, nobody listens there"),
                    Map.entry(EHOSTDOWN, "EHOSTDOWN, the host is down"),
                    Map.entry(EHOSTUNREACH, "EHOSTUNREACH, no route to that host"),
                    Map.entry(EINPROGRESS, "EINPROGRESS, under way"));

    private Errno() {}

    /** The error's name and meaning, for people. */
    public static String text(int errno) {
        return TEXTS.getOrDefault(errno, "error " + errno);
    }
}
