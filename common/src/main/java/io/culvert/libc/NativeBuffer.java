package io.culvert.libc;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory outside the heap, of fixed size and zero at first, that system calls read and write.
 * Confined to one thread at a time. It is freed with the object.
 */
public final class NativeBuffer {
    private final ByteBuffer bytes;
    private final long address;

    private NativeBuffer(ByteBuffer bytes) {
        this.bytes = bytes;
        this.address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
    }

    /** A buffer of {@code sizeBytes} zeros. */
    public static NativeBuffer allocate(int sizeBytes) {
        return new NativeBuffer(
                ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder()));
    }

    /** The memory, in the byte order of this machine; use absolute positions only. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Size in bytes. */
    public int size() {
        return bytes.capacity();
    }

    /** Where the memory is, for a call that reaches from {@code offset} on {@code length} bytes. */
    long address(int offset, int length) {
        if (offset < 0 || length < 0 || length > bytes.capacity() - offset) {
            throw new IllegalStateException(offset + "+" + length + " of " + bytes.capacity());
        }
        return address + offset;
    }
}
