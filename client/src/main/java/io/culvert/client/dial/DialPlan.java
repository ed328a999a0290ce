package io.culvert.client.dial;

import io.culvert.client.dial.DialFailure.Stage;
import io.culvert.client.tls.ClientTls;
import io.netty.channel.Channel;
import java.io.UncheckedIOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What every attempt of a dialer has in common.
 *
 * @param tls null for {@code ws}
 * @param random where {@code Sec-WebSocket-Key} comes from
 */
record DialPlan(DialSettings settings, @Nullable ClientTls tls, RandomGenerator random) {
    DialPlan withFwMark(int mark) {
        return new DialPlan(settings.withFwMark(mark), tls, random);
    }

    Upgrade upgrade() {
        return new Upgrade(settings, random);
    }

    @Nullable String token() throws DialFailure {
        try {
            return settings.token().get();
        } catch (UncheckedIOException e) {
            throw new DialFailure(Stage.LOCAL, String.valueOf(e.getMessage()), e);
        }
    }

    void addTls(Channel channel) {
        if (tls != null) {
            channel.pipeline()
                    .addLast(tls.handler(channel.alloc(), settings.host(), settings.port()));
        }
    }

    /** The longest write that goes out as one record, or in one piece. */
    int chunkBytes() {
        return tls == null ? 65_536 : tls.recordBytes();
    }

    /** BoringSSL and sockets read direct buffers, the JDK's TLS heap arrays. */
    boolean wantsDirectBuffers() {
        return tls == null || tls.provider() == ClientTls.Provider.BORINGSSL;
    }
}
