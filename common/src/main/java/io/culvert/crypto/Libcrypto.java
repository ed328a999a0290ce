package io.culvert.crypto;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * OpenSSL's libcrypto: the few functions of its EVP interface that one AEAD needs, called without a
 * copy of the heap arrays. Loaded at first use, by {@link #isPresent}. Thread-safe (stateless).
 *
 * <p>Each call answers what C does, 1 for success. A thread within one is at no safepoint: each
 * takes microseconds.
 */
final class Libcrypto {
    static final int ENCRYPT = 1;
    static final int DECRYPT = 0;

    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1");
    private static final int GET_TAG = 0x10;
    private static final int SET_TAG = 0x11;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    // constants, so that the calls are compiled in place
    private static final MethodHandle CONTEXT_NEW;
    private static final MethodHandle CONTEXT_FREE;
    private static final MethodHandle CHACHA20_POLY1305;
    private static final MethodHandle CIPHER_INIT;
    private static final MethodHandle CIPHER_UPDATE;
    private static final MethodHandle CIPHER_FINAL;
    private static final MethodHandle CONTEXT_CONTROL;

    static {
        SymbolLookup library = library();
        CONTEXT_NEW = handle(library, "EVP_CIPHER_CTX_new", FunctionDescriptor.of(POINTER));
        CONTEXT_FREE = handle(library, "EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(POINTER));
        CHACHA20_POLY1305 =
                handle(library, "EVP_chacha20_poly1305", FunctionDescriptor.of(POINTER));
        CIPHER_INIT =
                handle(
                        library,
                        "EVP_CipherInit_ex",
                        FunctionDescriptor.of(
                                INT, POINTER, POINTER, POINTER, POINTER, POINTER, INT));
        CIPHER_UPDATE =
                handle(
                        library,
                        "EVP_CipherUpdate",
                        FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, INT));
        CIPHER_FINAL =
                handle(
                        library,
                        "EVP_CipherFinal_ex",
                        FunctionDescriptor.of(INT, POINTER, POINTER, POINTER));
        CONTEXT_CONTROL =
                handle(
                        library,
                        "EVP_CIPHER_CTX_ctrl",
                        FunctionDescriptor.of(INT, POINTER, INT, INT, POINTER));
    }

    private Libcrypto() {}

    @SuppressWarnings("restricted") // the launcher and the manifest allow native access
    private static SymbolLookup library() {
        for (String name : NAMES) {
            try {
                return SymbolLookup.libraryLookup(name, Arena.global());
            } catch (IllegalArgumentException ignored) {
                // not here, or not under this name
            }
        }
        throw new UnsatisfiedLinkError(NAMES + ": not found");
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor type) {
        MemorySegment symbol =
                library.find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError(name + ": not found"));
        return Linker.nativeLinker().downcallHandle(symbol, type, Linker.Option.critical(true));
    }

    /** Whether the library is on this machine, with all that is called here. */
    static boolean isPresent() {
        try {
            free(newContext(new byte[KeyText.KEY_LENGTH]));
            return true;
        } catch (LinkageError | UnsupportedOperationException | IllegalStateException absent) {
            return false; // or too old, or a build without this cipher
        }
    }

    /**
     * A cipher context with this key.
     *
     * @throws IllegalStateException where the library has no such cipher, or no memory
     */
    static MemorySegment newContext(byte[] key) {
        MemorySegment context;
        int result;
        try {
            context = (MemorySegment) CONTEXT_NEW.invokeExact();
            MemorySegment cipher = (MemorySegment) CHACHA20_POLY1305.invokeExact();
            result =
                    (int)
                            CIPHER_INIT.invokeExact(
                                    context,
                                    cipher,
                                    MemorySegment.NULL,
                                    MemorySegment.ofArray(key),
                                    MemorySegment.NULL,
                                    ENCRYPT);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (result != 1) {
            free(context);
            throw new IllegalStateException("libcrypto refuses ChaCha20-Poly1305");
        }
        return context;
    }

    /** Wipes and frees a context. */
    static void free(MemorySegment context) {
        try {
            CONTEXT_FREE.invokeExact(context);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Begins a message under this nonce. */
    static int begin(MemorySegment context, MemorySegment nonce, int direction) {
        try {
            return (int)
                    CIPHER_INIT.invokeExact(
                            context,
                            MemorySegment.NULL,
                            MemorySegment.NULL,
                            MemorySegment.NULL,
                            nonce,
                            direction);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Encrypts or decrypts in place; {@code count} is room for an int. */
    static int update(MemorySegment context, MemorySegment text, MemorySegment count) {
        try {
            return (int)
                    CIPHER_UPDATE.invokeExact(context, text, count, text, (int) text.byteSize());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Ends the message; 1 also says, after a decryption, that the tag was right. */
    static int end(MemorySegment context, MemorySegment count) {
        try {
            return (int) CIPHER_FINAL.invokeExact(context, count, count);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Writes the tag of the message that was encrypted. */
    static int getTag(MemorySegment context, MemorySegment tag) {
        return control(context, GET_TAG, tag);
    }

    /** Says what the tag of the message to be decrypted must be. */
    static int setTag(MemorySegment context, MemorySegment tag) {
        return control(context, SET_TAG, tag);
    }

    private static int control(MemorySegment context, int what, MemorySegment tag) {
        try {
            return (int) CONTEXT_CONTROL.invokeExact(context, what, Aead.TAG_LENGTH, tag);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A method handle declares every exception, and these throw none of their own. */
    private static IllegalStateException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
