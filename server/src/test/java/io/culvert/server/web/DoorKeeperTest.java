package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.ConfigException;
import io.culvert.crypto.PublicKey;
import io.culvert.door.Knock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoorKeeperTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir private Path folder;

    @Test
    void admitsKnocksForThisGatewayAndAboutNow() {
        byte[] key = new byte[32];
        key[0] = 9;
        byte[] other = new byte[32];
        DoorKeeper keeper = DoorKeeper.knock(PublicKey.ofBytes(key, 0));
        long seconds = NOW.getEpochSecond();
        assertTrue(keeper.admits(Knock.make(key, seconds), NOW));
        assertTrue(keeper.admits(Knock.make(key, seconds - 80_000), NOW));
        assertFalse(keeper.admits(Knock.make(key, seconds - 90_000), NOW));
        assertFalse(keeper.admits(Knock.make(other, seconds), NOW));
        assertFalse(keeper.admits("x", NOW));
        assertFalse(keeper.admits("", NOW));
        assertFalse(keeper.admits(null, NOW));
    }

    @Test
    void admitsListedTokens() throws Exception {
        Path file = Files.writeString(folder.resolve("tokens.txt"), "# ours\nalpha\n\nbeta\n");
        DoorKeeper keeper = DoorKeeper.tokens(file);
        assertTrue(keeper.admits("alpha", NOW));
        assertTrue(keeper.admits("beta", NOW));
        assertFalse(keeper.admits("alph", NOW));
        assertFalse(keeper.admits("", NOW));
        assertFalse(keeper.admits(null, NOW));
    }

    @Test
    void refusesAFileThatCannotBeRead() {
        Path absent = folder.resolve("absent");
        ConfigException refusal =
                assertThrows(ConfigException.class, () -> DoorKeeper.tokens(absent));
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(absent + ": cannot be read"));
    }

    @Test
    void refusesAFileWithoutTokensAndNamesTheLineOfAFault() throws Exception {
        Path file = Files.writeString(folder.resolve("tokens.txt"), "# none yet\n");
        assertEquals(file + ": holds no token: write one token a line", refusal(file));
        Files.writeString(file, "fine\nnot fine\n");
        assertTrue(refusal(file).startsWith(file + ":2: a token has"), refusal(file));
    }

    private static String refusal(Path file) {
        return String.valueOf(
                assertThrows(ConfigException.class, () -> DoorKeeper.tokens(file)).getMessage());
    }

    @Test
    void admitsEverybodyWhenOpen() {
        assertTrue(DoorKeeper.open().admits(null, NOW));
    }
}
