package io.culvert.app.command;

import io.culvert.app.run.WrongInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * The commands that scripts call many times, when they are all that the command line says: answered
 * without the parser, whose classes take longer to load than these commands run.
 */
public final class ShortCommands {
    private ShortCommands() {}

    /**
     * The answer's lines; null when this is for the parser.
     *
     * @throws WrongInput when standard input is no key
     */
    public static @Nullable String answer(String[] words, InputStream in)
            throws IOException, WrongInput {
        if (words.length != 1) {
            return null;
        }
        return switch (words[0]) {
            case "genkey" -> KeyCommands.newPrivateKey();
            case "genpsk" -> KeyCommands.newPresharedKey();
            case "pubkey" -> KeyCommands.publicKeyOf(in);
            case "--version", "-V" -> String.join(System.lineSeparator(), Version.lines());
            default -> null;
        };
    }

    /** Answers if it can; the exit code, or null when this is for the parser. */
    public static @Nullable Integer run(String[] words, PrintStream out, PrintStream err) {
        try {
            String answer = answer(words, System.in);
            if (answer == null) {
                return null;
            }
            out.println(answer);
            return 0;
        } catch (WrongInput e) {
            err.println("culvert: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            err.println("culvert: standard input: " + e.getMessage());
            return 1;
        }
    }
}
