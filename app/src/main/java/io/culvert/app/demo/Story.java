package io.culvert.app.demo;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;

/** What the demonstration tells, line by line as it happens. Confined to the command's thread. */
final class Story {
    private final PrintWriter out;
    private final String tick;

    /** Tells there; the tick is plain where the terminal cannot show another. */
    Story(PrintWriter out, Charset charset) {
        this.out = out;
        this.tick = charset.newEncoder().canEncode('✓') ? "✓ " : "ok: ";
    }

    /** Something that was proved. */
    @FormatMethod
    void proved(String format, Object... values) {
        out.print(tick);
        say(format, values);
    }

    /** Something that is about to happen, or that could not be shown. */
    @FormatMethod
    void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }
}
