package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.culvert.tests.Floors.Row;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The floors of the house, held as data ({@link Floors}) and checked against the class files. */
class ArchitectureTest {
    private static final String ROOT = "io.culvert.";

    /** Who reads clocks; everybody else is handed {@code nowNs}. */
    private static final Set<String> CLOCK_READERS = Set.of("time", "libc");

    private static final Set<String> CLOCKS =
            Set.of(
                    "java.lang.System.nanoTime",
                    "java.lang.System.currentTimeMillis",
                    "java.time.Instant.now",
                    "java.time.LocalDateTime.now",
                    "java.time.ZonedDateTime.now",
                    "java.time.OffsetDateTime.now",
                    "java.time.Clock.systemUTC");

    /** Adapters, wiring and commands: above the floors of the table. */
    private static final Set<String> WIRING = Set.of("server", "client", "app");

    /** The wiring, and the two sockets for local tools, whose accept blocks. */
    private static final Set<String> THREAD_STARTERS =
            Set.of("server", "client", "app", "device", "control", "uapi");

    private static final Map<String, Row> ROWS = Floors.rows();
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("/test-classes"))
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("io.culvert");

    @Test
    void tableHasNoCircleAndNoRowImportsFromAbove() {
        Set<String> seen = new TreeSet<>();
        for (Row row : ROWS.values()) {
            for (String imported : row.mayImport()) {
                Row below = ROWS.get(imported);
                assertTrue(below != null, () -> row.name() + " may import unknown " + imported);
                assertTrue(below.floor() <= row.floor(), () -> row.name() + " < " + imported);
            }
            seen.add(row.name());
        }
        while (!seen.isEmpty()) {
            List<String> free =
                    seen.stream()
                            .filter(name ->
                                    ROWS.get(name).mayImport().stream().noneMatch(seen::contains))
                            .toList();
            assertTrue(!free.isEmpty(), () -> "a circle among " + seen);
            free.forEach(seen::remove);
        }
    }

    @Test
    void everyPackageStandsInTheTable() {
        assertNone(
                type -> {
                    String name = packageOf(type);
                    return name.isEmpty() || (!isHalf(type) && !ROWS.containsKey(name));
                },
                "in a package that Floors does not name");
    }

    @Test
    void packagesImportOnlyWhatTheirRowNames() {
        Set<String> breaches = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            Row row = ROWS.get(packageOf(type));
            if (row == null) {
                continue;
            }
            for (String imported : importsOf(type)) {
                if (!row.mayImport().contains(imported)) {
                    breaches.add(type.getName() + " imports " + imported);
                }
            }
        }
        assertEquals(Set.of(), breaches);
    }

    @Test
    void halvesDoNotSeeEachOther() {
        assertNone(type -> isIn(type, "server") && importsHalf(type, "client", "app"), "server");
        assertNone(type -> isIn(type, "client") && importsHalf(type, "server", "app"), "client");
    }

    @Test
    void jettyOnlyInServer() {
        assertNone(type -> !isIn(type, "server") && uses(type, "org.eclipse.jetty"), "Jetty");
    }

    @Test
    void nettyOnlyInClient() {
        assertNone(type -> !isIn(type, "client") && uses(type, "io.netty"), "Netty");
    }

    @Test
    void jnaOnlyInLibc() {
        assertNone(type -> !isIn(type, "libc") && uses(type, "com.sun.jna"), "JNA");
    }

    @Test
    void picocliOnlyInApp() {
        assertNone(type -> !isIn(type, "app") && uses(type, "picocli"), "picocli");
    }

    @Test
    void clocksOnlyInTime() {
        assertNone(
                type ->
                        !CLOCK_READERS.contains(packageOf(type))
                                && calls(type, access -> CLOCKS.contains(target(access))),
                "reads a clock");
    }

    @Test
    void threadsOnlyInTheWiring() {
        assertNone(
                type ->
                        !THREAD_STARTERS.contains(half(type))
                                && calls(type, ArchitectureTest::startsThread),
                "starts a thread");
    }

    @Test
    void nothingSleeps() {
        assertNone(
                type ->
                        !WIRING.contains(half(type))
                                && calls(type, a -> target(a).equals("java.lang.Thread.sleep")),
                "sleeps");
    }

    @Test
    void engineNeitherLogsNorOpensSockets() {
        for (String name : List.of("tunnel", "noise", "session", "wire", "route", "crypto")) {
            assertNone(type -> isIn(type, name) && uses(type, "org.slf4j"), "logs");
            assertNone(type -> isIn(type, name) && uses(type, "java.net.Socket"), "sockets");
            assertNone(type -> isIn(type, name) && uses(type, "java.nio.channels"), "channels");
        }
    }

    private static boolean startsThread(JavaAccess<?> access) {
        String target = target(access);
        return target.equals("java.lang.Thread.start")
                || target.equals("java.lang.Thread.<init>")
                || target.equals("java.lang.Thread.startVirtualThread")
                || target.startsWith("java.lang.Thread$Builder")
                || target.startsWith("java.util.concurrent.Executors.new")
                || target.startsWith("java.util.Timer.<init>");
    }

    private static void assertNone(Predicate<JavaClass> breach, String what) {
        Set<String> names =
                CLASSES.stream()
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .filter(breach)
                        .map(JavaClass::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), names, what);
    }

    private static Set<String> importsOf(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                .filter(target -> target.getPackageName().startsWith(ROOT))
                .map(ArchitectureTest::packageOf)
                .filter(name -> !name.equals(packageOf(type)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean importsHalf(JavaClass type, String... halves) {
        return importsOf(type).stream()
                .anyMatch(name -> List.of(halves).contains(name.split("\\.", -1)[0]));
    }

    private static boolean uses(JavaClass type, String prefix) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency ->
                        dependency
                                .getTargetClass()
                                .getBaseComponentType()
                                .getName()
                                .startsWith(prefix));
    }

    private static boolean calls(JavaClass type, Predicate<JavaAccess<?>> which) {
        return type.getAccessesFromSelf().stream().anyMatch(which);
    }

    private static String target(JavaAccess<?> access) {
        return access.getTargetOwner().getName() + "." + access.getTarget().getName();
    }

    /** The package below {@code io.culvert}; empty for a class in {@code io.culvert} itself. */
    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
    }

    private static String half(JavaClass type) {
        return packageOf(type).split("\\.", -1)[0];
    }

    private static boolean isHalf(JavaClass type) {
        return WIRING.contains(half(type));
    }

    private static boolean isIn(JavaClass type, String name) {
        return packageOf(type).equals(name) || packageOf(type).startsWith(name + ".");
    }
}
