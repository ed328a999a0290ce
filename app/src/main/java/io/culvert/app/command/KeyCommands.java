package io.culvert.app.command;

import io.culvert.app.run.WrongInput;
import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The key commands, as {@code wg} has them. */
final class KeyCommands {
    private static final int LONGEST_INPUT = 4096;

    private KeyCommands() {}

    /** {@code genkey}. */
    @Command(
            name = "genkey",
            mixinStandardHelpOptions = true,
            description = "Print a new private key.")
    static final class GenKey implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            print(spec, newPrivateKey());
            return 0;
        }
    }

    /** {@code genpsk}. */
    @Command(
            name = "genpsk",
            mixinStandardHelpOptions = true,
            description = "Print a new preshared key.")
    static final class GenPsk implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            print(spec, newPresharedKey());
            return 0;
        }
    }

    /** {@code pubkey}. */
    @Command(
            name = "pubkey",
            mixinStandardHelpOptions = true,
            description = "Read a private key from standard input and print its public key.")
    static final class PubKey implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException, WrongInput {
            print(spec, publicKeyOf(System.in));
            return 0;
        }
    }

    static String newPrivateKey() {
        return PrivateKey.generate(new SecureRandom()).toBase64();
    }

    static String newPresharedKey() {
        return PresharedKey.generate(new SecureRandom()).toBase64();
    }

    static String publicKeyOf(InputStream in) throws IOException, WrongInput {
        String text = new String(in.readNBytes(LONGEST_INPUT), StandardCharsets.US_ASCII).strip();
        try {
            return PrivateKey.parse(text).publicKey().toBase64();
        } catch (IllegalArgumentException e) {
            throw new WrongInput("standard input: " + e.getMessage());
        }
    }

    private static void print(@Nullable CommandSpec spec, String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
        }
    }
}
