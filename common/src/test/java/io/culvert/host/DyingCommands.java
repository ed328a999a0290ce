package io.culvert.host;

import java.util.List;

/** Real commands, until the process dies right before (odd) or after (even) one of them. */
final class DyingCommands implements Commands {
    private final Commands real;
    private int halvesLeft;

    DyingCommands(Commands real, int halvesLeft) {
        this.real = real;
        this.halvesLeft = halvesLeft;
    }

    boolean isDead() {
        return halvesLeft <= 0;
    }

    @Override
    public Result run(List<String> argv, String stdin) throws HostException {
        boolean isQuestion = argv.contains("show") || argv.contains("get") || argv.contains("list");
        if (isQuestion) {
            return real.run(argv, stdin);
        }
        halvesLeft--;
        if (isDead() && halvesLeft % 2 != 0) {
            throw new PretendHost.Death();
        }
        Result result = real.run(argv, stdin);
        if (isDead()) {
            throw new PretendHost.Death();
        }
        return result;
    }

    @Override
    public boolean has(String program) {
        return real.has(program);
    }
}
