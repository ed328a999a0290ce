package io.culvert.server.config;

/** The keys of one entry of {@code egress}. */
enum EgressKey implements EntryKey {
    ALLOW("allow"),
    DENY("deny"),
    PORTS("ports"),
    PROTOCOL("protocol"),
    PEER("peer");

    private final String spelling;

    EgressKey(String spelling) {
        this.spelling = spelling;
    }

    @Override
    public String spelling() {
        return spelling;
    }

    @Override
    public String dotted() {
        return GatewayKey.EGRESS.spelling() + "." + spelling;
    }

    @Override
    public boolean isList() {
        return this == PORTS;
    }
}
