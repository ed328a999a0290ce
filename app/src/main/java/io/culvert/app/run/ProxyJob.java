package io.culvert.app.run;

import io.culvert.client.proxy.Target;

/** What a proxy was started for. Immutable. */
sealed interface ProxyJob {
    /** To serve until it is asked to stop. */
    record Serve() implements ProxyJob {}

    /** One connection, of standard input and output. */
    record Pipe(Target target) implements ProxyJob {}

    /**
     * One question.
     *
     * @param port 0 for a ping
     */
    record Check(String host, int port) implements ProxyJob {
        @Override
        public String toString() {
            return port == 0 ? host : new Target(host, port).toString();
        }
    }

    /**
     * What the command line asks for.
     *
     * @throws WrongInput where a target is none
     */
    static ProxyJob of(ProxyWish wish) throws WrongInput {
        String stdio = wish.stdio();
        String check = wish.check();
        if (stdio != null && check != null) {
            throw new WrongInput("--stdio and --check exclude each other: write one of them");
        }
        if (stdio != null) {
            Target target = Target.parse(stdio, 0);
            if (target == null) {
                throw new WrongInput(
                        "--stdio: '" + stdio + "' is no target: write HOST:PORT, as in host:22");
            }
            return new Pipe(target);
        }
        return check == null ? new Serve() : check(check);
    }

    private static Check check(String text) throws WrongInput {
        Target target = Target.parse(text, 0);
        if (target != null) {
            return new Check(target.host(), target.port());
        }
        // an address or a name alone; any port makes a target of it
        String bare = text.startsWith("[") ? text.replaceAll("^\\[|]$", "") : text;
        Target host = Target.of(bare, 1);
        if (host == null) {
            throw new WrongInput(
                    "--check: '"
                            + text
                            + "' is no target: write HOST or HOST:PORT, as in"
                            + " 10.8.0.1:80");
        }
        return new Check(host.host(), 0);
    }
}
