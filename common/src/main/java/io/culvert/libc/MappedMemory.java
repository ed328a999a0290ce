package io.culvert.libc;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside the heap, zero at first, of which only the pages that were touched take up room
 * (mmap(2)). Confined to one thread. Its owner closes it; used after that it throws.
 */
final class MappedMemory implements AutoCloseable {
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE = 0x2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final long MAP_FAILED = -1;

    private final long address;
    private final int size;

    /** Null from the close on: the addresses may then be somebody else's. */
    private @Nullable ByteBuffer bytes;

    private MappedMemory(long address, int size) {
        this.address = address;
        this.size = size;
        this.bytes = new Pointer(address).getByteBuffer(0, size).order(ByteOrder.nativeOrder());
    }

    static MappedMemory allocate(int sizeBytes) throws LibcException {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        long address = NativeCalls.mmap(0, sizeBytes, PROT_READ_WRITE, flags, -1, 0);
        if (address == MAP_FAILED) {
            throw Libc.failure("mmap of " + sizeBytes + " bytes");
        }
        // Else one touched byte may cost 2 MiB. Kernels without huge pages refuse: all the same.
        int ignored = NativeCalls.madvise(address, sizeBytes, MADV_NOHUGEPAGE);
        return new MappedMemory(address, sizeBytes);
    }

    /** The memory, in the byte order of this machine; use absolute positions only. */
    ByteBuffer bytes() {
        ByteBuffer open = bytes;
        if (open == null) {
            throw new IllegalStateException("used after close");
        }
        return open;
    }

    /** Where {@code offset} is, for a system call that knows where to end. */
    long address(int offset) {
        if (bytes == null || offset < 0 || offset >= size) {
            throw new IllegalStateException(offset + " of " + size + ", or used after close");
        }
        return address + offset;
    }

    @Override
    public void close() {
        if (bytes != null) {
            bytes = null;
            if (NativeCalls.munmap(address, size) < 0) {
                throw new IllegalStateException("munmap of our own memory was refused");
            }
        }
    }
}
