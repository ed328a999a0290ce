package io.culvert.server.config;

/** The keys of one entry of {@code relay}. */
enum RelayKey implements EntryKey {
    PATH("path"),
    TO("to"),
    TOKENS("tokens"),
    DOOR("door"),
    PUBLIC_KEY("publicKey"),
    ANY_DATAGRAM("anyDatagram");

    private final String spelling;

    RelayKey(String spelling) {
        this.spelling = spelling;
    }

    @Override
    public String spelling() {
        return spelling;
    }

    @Override
    public String dotted() {
        return GatewayKey.RELAY.spelling() + "." + spelling;
    }
}
