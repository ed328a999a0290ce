package io.culvert.app.run;

/** Input that cannot be used, in one line: what, where, and the remedy. */
public final class WrongInput extends Exception {
    private static final long serialVersionUID = 1;

    /** With the whole line. */
    public WrongInput(String line) {
        super(line);
    }
}
