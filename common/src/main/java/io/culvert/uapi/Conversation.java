package io.culvert.uapi;

import io.culvert.uapi.UapiException.Reason;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client of the control socket says, line by line, and what it is answered. Several
 * operations may follow each other. Confined to the loop that owns the engine.
 *
 * <p>{@code wg} negates the number of a set's answer and reads that of a get's as it stands: so the
 * first is told negative and the second positive.
 *
 * @param <E> the engine's endpoints
 */
public final class Conversation<E> {
    private static final Logger log = LoggerFactory.getLogger(Conversation.class);

    private final Device<E> device;
    private final SecureRandom random;
    private State state = State.WAITING;

    /** The set under way; null outside one. */
    private @Nullable Change<E> change;

    private enum State {
        /** For the next operation. */
        WAITING,
        /** For the blank line after {@code get=1}. */
        GETTING,
        SETTING,
        /** A set failed: its other lines are read over. */
        FAILED_SET,
        /** Not in this protocol: nothing more is answered. */
        ENDED
    }

    /** A conversation with a client that has said nothing yet. */
    public Conversation(Device<E> device, SecureRandom random) {
        this.device = device;
        this.random = random;
    }

    /** Takes the next lines; the answers to those operations that ended with one of them. */
    public String lines(List<String> lines, Moment moment) {
        StringBuilder answers = new StringBuilder();
        for (String line : lines) {
            answers.append(line(line, moment));
        }
        device.settle();
        return answers.toString();
    }

    /** Whether the client broke the protocol and is to be let go. */
    public boolean isEnded() {
        return state == State.ENDED;
    }

    private String line(String line, Moment moment) {
        return switch (state) {
            case WAITING -> begin(line);
            case GETTING -> line.isEmpty() ? got(moment) : broken(line);
            case SETTING -> line.isEmpty() ? answer(0) : set(line, moment);
            case FAILED_SET -> line.isEmpty() ? answer(failure) : "";
            case ENDED -> "";
        };
    }

    /** The number that the failed set will be answered with. */
    private int failure;

    private String begin(String line) {
        if (line.equals("get=1")) {
            state = State.GETTING;
        } else if (line.equals("set=1")) {
            state = State.SETTING;
            change = new Change<>(device, random);
        } else if (!line.isEmpty()) {
            return broken(line);
        }
        return "";
    }

    private String got(Moment moment) {
        state = State.WAITING;
        return new Dump<>(device).of(moment);
    }

    private String set(String line, Moment moment) {
        int equals = line.indexOf('=');
        try {
            if (equals < 1 || change == null) {
                throw new UapiException(Reason.EPROTO, "a line without key=value");
            }
            change.line(line.substring(0, equals), line.substring(equals + 1), moment.nowNs());
        } catch (UapiException e) {
            log.warn("control socket: {}", e.getMessage());
            failure = e.reason().number();
            state = State.FAILED_SET;
        }
        return "";
    }

    private String answer(int number) {
        state = State.WAITING;
        change = null;
        return "errno=" + -number + "\n\n";
    }

    private String broken(String line) {
        log.debug(
                "control socket: no operation begins with {} characters like these", line.length());
        state = State.ENDED;
        return "errno=" + Reason.EPROTO.number() + "\n\n";
    }
}
