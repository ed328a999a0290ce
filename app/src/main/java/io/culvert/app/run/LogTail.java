package io.culvert.app.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The lines of a log that grows, as each becomes whole. Confined to one thread. */
final class LogTail {
    private static final int MOST_BYTES = 1 << 16;

    private final Path log;
    private long offset;

    /** From the log's beginning. */
    LogTail(Path log) {
        this.log = log;
    }

    /** The lines that came since the last call, or some of them; a longest line is cut in two. */
    List<String> next() throws IOException {
        byte[] bytes = read();
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                lines.add(text(bytes, start, i));
                start = i + 1;
            }
        }
        if (bytes.length == MOST_BYTES && start == 0) {
            lines.add(text(bytes, 0, bytes.length));
            start = bytes.length;
        }
        offset += start;
        return lines;
    }

    private byte[] read() throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log).position(offset);
                InputStream in = Channels.newInputStream(channel)) {
            return in.readNBytes(MOST_BYTES);
        }
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }
}
