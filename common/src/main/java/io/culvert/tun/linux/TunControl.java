package io.culvert.tun.linux;

import io.culvert.libc.Errno;
import io.culvert.libc.Libc;
import io.culvert.libc.LibcException;
import io.culvert.libc.NativeBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The requests that set a TUN device up (linux/if_tun.h), and their failures in words. Thread-safe
 * (stateless).
 *
 * <pre>
 * struct ifreq   0..15 name, NUL-terminated   16..17 flags   40 bytes in all
 * </pre>
 */
final class TunControl {
    static final int IFF_TUN = 0x0001;
    static final int IFF_NO_PI = 0x1000;
    static final int IFF_VNET_HDR = 0x4000;

    private static final int TUNSETIFF = 0x400454ca;
    private static final int TUNGETIFF = 0x800454d2;
    private static final int TUNSETOFFLOAD = 0x400454d0;
    private static final int TUNSETVNETHDRSZ = 0x400454d8;
    private static final int TUNSETVNETLE = 0x400454dc;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_FLAGS = 16;
    private static final int NAME_LENGTH = 15;
    private static final String NO_RIGHTS =
            "run as root or with CAP_NET_ADMIN, or do without a device (culvert proxy)";

    private TunControl() {}

    /** Opens the control device; nothing is created yet. */
    static int open(String path) throws IOException {
        try {
            return Libc.open(path, Libc.O_RDWR);
        } catch (LibcException e) {
            String remedy =
                    switch (e.errno()) {
                        case Errno.ENOENT, Errno.ENXIO, Errno.ENODEV ->
                                path
                                        + " is missing: load the module (modprobe tun), or give the"
                                        + " container the device (--device /dev/net/tun)";
                        case Errno.EACCES, Errno.EPERM ->
                                "no permission to open " + path + ": " + NO_RIGHTS;
                        default -> "cannot open the TUN device: " + e.getMessage();
                    };
            throw new IOException(remedy, e);
        }
    }

    /** Binds the open control device to the interface {@code name}, which is made if need be. */
    static void bind(int fd, String name) throws IOException {
        NativeBuffer request = NativeBuffer.allocate(IFREQ_SIZE);
        request.bytes().put(0, checkedName(name));
        request.bytes().putShort(IFREQ_FLAGS, (short) (IFF_TUN | IFF_NO_PI | IFF_VNET_HDR));
        try {
            Libc.ioctl(fd, TUNSETIFF, request);
        } catch (LibcException e) {
            String remedy =
                    switch (e.errno()) {
                        case Errno.EPERM -> "no permission to make it: " + NO_RIGHTS;
                        case Errno.EBUSY ->
                                "another program uses it: stop that one or take another name";
                        case Errno.EINVAL ->
                                "an interface of another kind has this name: take another name";
                        default -> e.getMessage();
                    };
            throw new IOException("interface " + name + ": " + remedy, e);
        }
    }

    private static byte[] checkedName(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        boolean fits = !name.isEmpty() && bytes.length <= NAME_LENGTH;
        boolean plain = name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != ':');
        if (!fits || !plain || name.equals(".") || name.equals("..")) {
            throw new IOException(
                    "interface name \""
                            + name
                            + "\": must be 1 to 15 ASCII characters without blank, slash, colon");
        }
        return bytes;
    }

    /** The name and flags of a bound device; the kernel refuses when it is gone. */
    static Interface describe(int fd) throws LibcException {
        NativeBuffer request = NativeBuffer.allocate(IFREQ_SIZE);
        Libc.ioctl(fd, TUNGETIFF, request);
        int length = 0;
        byte[] name = new byte[NAME_LENGTH];
        while (length < NAME_LENGTH && request.bytes().get(length) != 0) {
            name[length] = request.bytes().get(length);
            length++;
        }
        return new Interface(
                new String(name, 0, length, StandardCharsets.US_ASCII),
                request.bytes().getShort(IFREQ_FLAGS) & 0xffff);
    }

    /** Fixes the virtio-net header's layout: {@code length} bytes, little-endian. */
    static void setHeader(int fd, int length) throws LibcException {
        NativeBuffer argument = NativeBuffer.allocate(Integer.BYTES);
        argument.bytes().putInt(0, length);
        Libc.ioctl(fd, TUNSETVNETHDRSZ, argument);
        argument.bytes().putInt(0, 1);
        Libc.ioctl(fd, TUNSETVNETLE, argument);
    }

    /** Turns on what the kernel grants, beginning with {@code wanted}; answers what that is. */
    static Offloads setOffloads(int fd, Offloads wanted) throws LibcException {
        Offloads tried = wanted;
        while (true) {
            try {
                Libc.ioctlByValue(fd, TUNSETOFFLOAD, tried.features());
                return tried;
            } catch (LibcException refused) {
                if (tried == Offloads.NONE || refused.errno() != Errno.EINVAL) {
                    throw refused;
                }
                tried = tried.less();
            }
        }
    }

    /**
     * A device as the kernel describes it. Immutable.
     *
     * @param name the interface's name in whatever namespace it is now
     * @param flags IFF_… bits
     */
    record Interface(String name, int flags) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }
}
