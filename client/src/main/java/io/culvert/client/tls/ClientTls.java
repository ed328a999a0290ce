package io.culvert.client.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;

/**
 * The TLS side of a dialer: TLS 1.2 and up, ALPN {@code http/1.1}, SNI, trust as given. Immutable;
 * {@link #close} frees what BoringSSL holds.
 */
public final class ClientTls implements AutoCloseable {
    /** Plaintext that fits one record of BoringSSL. */
    private static final int BORING_RECORD_BYTES = 16_384;

    /** Plaintext that fits one TLS 1.3 record of the JDK, which pads by 16 bytes and a type. */
    private static final int JDK_RECORD_BYTES = 16_350;

    private static final long CLOSE_NOTIFY_MS = 500;

    /** Whose TLS it is. */
    public enum Provider {
        BORINGSSL,
        JDK;

        /** The best that loads here. */
        public static Provider best() {
            return OpenSsl.isAvailable() ? BORINGSSL : JDK;
        }
    }

    private final Provider provider;
    private final SslContext context;

    private ClientTls(Provider provider, SslContext context) {
        this.provider = provider;
        this.context = context;
    }

    /**
     * Reads the trust store and makes the TLS context.
     *
     * @throws IllegalArgumentException with one line for the operator
     */
    public static ClientTls open(Trust trust, Provider provider) {
        boolean isNameChecked = !(trust instanceof Trust.Pins);
        ApplicationProtocolConfig alpn =
                new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_1_1);
        try {
            SslContext context =
                    SslContextBuilder.forClient()
                            .sslProvider(
                                    provider == Provider.BORINGSSL
                                            ? SslProvider.OPENSSL_REFCNT
                                            : SslProvider.JDK)
                            .trustManager(TrustStores.open(trust))
                            .protocols("TLSv1.3", "TLSv1.2")
                            .applicationProtocolConfig(alpn)
                            .endpointIdentificationAlgorithm(isNameChecked ? "HTTPS" : null)
                            .build();
            return new ClientTls(provider, context);
        } catch (SSLException e) {
            throw new IllegalStateException("cannot set up TLS by " + provider, e);
        }
    }

    /**
     * Whether {@link #open} would find the certificates that this trust names.
     *
     * @throws IllegalArgumentException with one line for the operator
     */
    public static void check(Trust trust) {
        if (trust instanceof Trust.CaFile) {
            TrustStores.open(trust);
        }
    }

    /** Whose TLS it is. */
    public Provider provider() {
        return provider;
    }

    /** Plaintext bytes that one record takes. */
    public int recordBytes() {
        return provider == Provider.BORINGSSL ? BORING_RECORD_BYTES : JDK_RECORD_BYTES;
    }

    /**
     * A handler for one connection.
     *
     * @param host the gateway's name: for SNI, and to find in the certificate
     */
    public SslHandler handler(ByteBufAllocator allocator, String host, int port) {
        SslHandler handler = context.newHandler(allocator, host, port);
        handler.setHandshakeTimeoutMillis(0); // the dialer has one deadline for all
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MS);
        handler.setWrapDataSize(0); // a record a write; else each is copied together with the next
        return handler;
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
