package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.WireGuardProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Culvert over UDP with WireGuard programs that others wrote, in both roles, by IPv4 without and by
 * IPv6 with a preshared key: traffic of both families, an address that changes, new keys. Beside
 * the other tests, as it waits for the new keys.
 */
@Execution(ExecutionMode.CONCURRENT)
class WireGuardMatrixInteropIT {
    /** REKEY_AFTER_TIME is 120 s: somebody has made new keys by then. */
    private static final Duration ONE_REKEY = Duration.ofSeconds(130);

    private static final Duration TWO_REKEYS = Duration.ofSeconds(310);

    @Test
    @Tag("interop")
    void debians() {
        play(EnumSet.of(WireGuardProgram.DEBIAN), ONE_REKEY, 1);
    }

    @Test
    @Tag("long")
    void everybodys() {
        Set<WireGuardProgram> programs = EnumSet.allOf(WireGuardProgram.class);
        play(programs, TWO_REKEYS, 2);
    }

    /** All cells at once, as the rekeys take so long. */
    private static void play(Set<WireGuardProgram> wanted, Duration length, int rekeys) {
        List<String> missing = new ArrayList<>();
        List<WireGuardPair> pairs = new ArrayList<>();
        List<Lab> labs = new ArrayList<>();
        try {
            for (WireGuardProgram program : wanted) {
                if (!program.isInstalled()) {
                    missing.add(program.program());
                    continue;
                }
                for (int cell = 0; cell < 4; cell++) {
                    Lab lab = Lab.open("wireguard-go", "wg", "ping");
                    labs.add(lab);
                    boolean gateway = cell < 2;
                    boolean six = cell % 2 == 1;
                    pairs.add(WireGuardPair.open(lab, program, gateway, six, six));
                }
            }
            pairs.forEach(WireGuardPair::exchangesPings);
            pairs.forEach(WireGuardPair::followsTheClientsMove);
            pairs.forEach(pair -> pair.startPings(length));
            List<String> wrong = new ArrayList<>();
            System.out.println(WireGuardPair.HEAD);
            for (WireGuardPair pair : pairs) {
                String row = pair.finishPings();
                System.out.println(row);
                if (pair.lost() * 1000 > pair.sent() * 5 || pair.rekeyedAfter() < 110L * rekeys) {
                    wrong.add(row);
                }
            }
            assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
        } finally {
            labs.reversed().forEach(Lab::close);
        }
        Assumptions.assumeTrue(
                missing.isEmpty(), () -> "needs " + missing + " for the whole matrix");
    }
}
