package io.culvert.config;

/** The two sections of a tunnel file. */
enum SectionKind {
    INTERFACE("Interface"),
    PEER("Peer");

    private final String spelling;

    SectionKind(String spelling) {
        this.spelling = spelling;
    }

    String spelling() {
        return spelling;
    }

    @Override
    public String toString() {
        return "[" + spelling + "]";
    }
}
