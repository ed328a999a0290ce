package io.culvert.app.command;

import io.culvert.app.run.WrongInput;
import io.culvert.client.proxy.forward.StartFailure;
import io.culvert.config.ConfigException;
import io.culvert.config.FileFault;
import io.culvert.host.HostException;
import io.culvert.server.tls.TlsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Turns what went wrong into one line and an exit code: 2 for wrong input, 1 for a failure while
 * running. A stack trace only with {@code --debug}.
 */
public final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final int FAILED = 1;
    private static final int WRONG_INPUT = 2;

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("culvert: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println(
                    "Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        }
        return WRONG_INPUT;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result)
            throws Exception {
        if (command.getCommandSpec().root().userObject() instanceof Culvert c && c.isDebug()) {
            e.printStackTrace(command.getErr());
        }
        int code =
                switch (e) {
                    case ConfigException _, StartFailure _, TlsException _, WrongInput _ ->
                            WRONG_INPUT;
                    default -> FAILED;
                };
        boolean isForeseen =
                code == WRONG_INPUT || e instanceof HostException || e instanceof IOException;
        String line = isForeseen ? line(e) : "a bug: " + e + " (more with --debug)";
        command.getErr().println("culvert: " + line);
        return code;
    }

    /** Java's own file exceptions name the file and leave the rest to their class. */
    private static String line(Exception e) {
        if (e instanceof FileSystemException fault && fault.getReason() == null) {
            String why =
                    fault instanceof FileAlreadyExistsException
                            ? "it exists already"
                            : FileFault.why(fault);
            return why.equals(fault.getMessage()) ? fault.toString() : fault.getFile() + ": " + why;
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
