package io.culvert.client.proxy.attach;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.splice.Clients;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one line of another process: {@code connect HOST:PORT}, {@code check HOST:PORT}, {@code
 * ping HOST} or {@code end}. What comes behind it is for the target. Confined to the loop.
 */
final class AttachRequest extends ByteToMessageDecoder {
    private static final int MOST_LINE_BYTES = 512;

    /** Any port will do for the name of what is pinged. */
    private static final int NO_PORT = 7;

    private final AttachDoor door;
    private boolean isDone;

    AttachRequest(AttachDoor door) {
        this.door = door;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (isDone) {
            in.skipBytes(in.readableBytes()); // one request is all
            return;
        }
        int length = in.bytesBefore((byte) '\n');
        if (length < 0 && in.readableBytes() <= MOST_LINE_BYTES) {
            return;
        }
        if (length < 0 || length > MOST_LINE_BYTES || !isTaken(context, line(in, length))) {
            door.garbage().count(Garbage.Kind.BAD_ATTACH);
            in.skipBytes(in.readableBytes());
            Clients.reset(context.channel());
        }
    }

    private static String line(ByteBuf in, int length) {
        String line = in.readCharSequence(length, StandardCharsets.US_ASCII).toString();
        in.skipBytes(1);
        return line;
    }

    private boolean isTaken(ChannelHandlerContext context, String line) {
        isDone = true;
        Clients.hasAsked(context.pipeline());
        String[] words = line.split(" ", -1);
        String what = words.length == 2 ? words[1] : "";
        if (line.equals("end")) {
            door.end(context.channel());
            return true;
        }
        Target target = words[0].equals("ping") ? host(what) : Target.parse(what, 0);
        if (target == null) {
            return false;
        }
        switch (words[0]) {
            case "connect" -> {
                door.connect(context.channel(), target);
                context.pipeline().remove(this); // hands on what it still holds
            }
            case "check" -> door.check(context.channel(), target.host(), target.port());
            case "ping" -> door.check(context.channel(), target.host(), 0);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Target host(String text) {
        return Target.of(text, NO_PORT);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
        Clients.reset(context.channel()); // the other process is gone
    }
}
