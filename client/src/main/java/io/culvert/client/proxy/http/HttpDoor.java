package io.culvert.client.proxy.http;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.Health;
import io.culvert.client.proxy.splice.Switchboard;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import org.jspecify.annotations.Nullable;

/** Where HTTP clients come in. Confined to the loop. */
public final class HttpDoor {
    private static final int MOST_LINE_BYTES = 16_384;
    private static final int MOST_HEADER_BYTES = 32_768;
    private static final int MOST_CHUNK_BYTES = 16_384;

    private final Switchboard switchboard;
    private final OwnPages pages;

    /** Null where everybody may come in. */
    private final @Nullable Credentials credentials;

    /**
     * A door that opens with these credentials, or to everybody.
     *
     * @param health what {@code /health} answers by
     */
    public HttpDoor(Switchboard switchboard, @Nullable Credentials credentials, Health health) {
        this.switchboard = switchboard;
        this.credentials = credentials;
        this.pages = new OwnPages(health);
    }

    /** Puts the handlers of a connection at the end of its pipeline. */
    public void open(ChannelPipeline pipeline) {
        ReplyEncoder encoder = new ReplyEncoder();
        HttpRequestDecoder decoder = new HttpRequestDecoder(config());
        pipeline.addLast(decoder, encoder, new HttpClient(this, decoder, encoder));
    }

    /** The bounds of what is parsed, in both directions. */
    static HttpDecoderConfig config() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(MOST_LINE_BYTES)
                .setMaxHeaderSize(MOST_HEADER_BYTES)
                .setMaxChunkSize(MOST_CHUNK_BYTES);
    }

    Switchboard switchboard() {
        return switchboard;
    }

    OwnPages pages() {
        return pages;
    }

    /** Whether a request with these credentials may go on. */
    boolean admits(@Nullable String given) {
        return credentials == null || (given != null && credentials.matchesBasic(given));
    }
}
