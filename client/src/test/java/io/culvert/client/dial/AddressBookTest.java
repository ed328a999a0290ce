package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.testkit.ManualLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AddressBookTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");

    private final ManualLoop loop = new ManualLoop();
    private final Queue<Runnable> lookups = new ArrayDeque<>();
    private final Queue<List<InetAddress>> answers = new ArrayDeque<>();
    private final AddressBook book = new AddressBook("gw.test", this::answer, loop, lookups::add);
    private int proceeded;

    private List<InetAddress> answer(String host) throws UnknownHostException {
        List<InetAddress> next = answers.poll();
        if (next == null) {
            throw new UnknownHostException(host);
        }
        return next;
    }

    private void lookUpAll() {
        while (!lookups.isEmpty()) {
            lookups.remove().run();
        }
        loop.run();
    }

    @Test
    void knowsWhatTheLookupFound() {
        answers.add(List.of(FIRST, SECOND));
        book.refresh(() -> proceeded++);
        assertEquals(List.of(), book.addresses());
        lookUpAll();
        assertEquals(List.of(FIRST, SECOND), book.addresses());
        assertEquals(1, proceeded);
    }

    @Test
    void beginsWithWhatItsSourceKnows() {
        AddressSource source =
                new AddressSource() {
                    @Override
                    public List<InetAddress> lookup(String host) throws UnknownHostException {
                        throw new UnknownHostException(host);
                    }

                    @Override
                    public List<InetAddress> known(String host) {
                        return List.of(FIRST);
                    }
                };
        AddressBook seeded = new AddressBook("gw.test", source, loop, lookups::add);
        assertEquals(List.of(FIRST), seeded.addresses());
        seeded.refresh(() -> proceeded++);
        lookUpAll();
        assertEquals(List.of(FIRST), seeded.addresses());
    }

    @Test
    void keepsWhatItKnowsWhenLaterLookupFails() {
        answers.add(List.of(FIRST));
        book.refresh(() -> proceeded++);
        lookUpAll();
        book.refresh(() -> proceeded++);
        lookUpAll();
        assertEquals(List.of(FIRST), book.addresses());
        assertEquals(2, proceeded);
    }

    @Test
    void saysThatTheNameIsUnknown() {
        book.refresh(() -> proceeded++);
        lookUpAll();
        assertEquals(List.of(), book.addresses());
        assertEquals(DialFailure.Stage.RESOLVE, book.failure().stage());
        assertTrue(String.valueOf(book.failure().getMessage()).contains("gw.test"));
    }

    @Test
    void waitsForResolverForLimitedTimeAndTakesLateAnswers() {
        answers.add(List.of(FIRST));
        book.refresh(() -> proceeded++);
        loop.advance(TimeUnit.SECONDS.toNanos(5));
        assertEquals(1, proceeded);
        lookUpAll();
        assertEquals(1, proceeded);
        assertEquals(List.of(FIRST), book.addresses());
    }

    @Test
    void asksResolverThatHangsOnlyOnce() {
        book.refresh(() -> proceeded++);
        loop.advance(TimeUnit.SECONDS.toNanos(5));
        book.refresh(() -> proceeded++);
        assertEquals(1, lookups.size());
        loop.advance(TimeUnit.SECONDS.toNanos(5));
        assertEquals(2, proceeded);
    }

    @Test
    void forgetsWhoWaited() {
        answers.add(List.of(FIRST));
        book.refresh(() -> proceeded++);
        book.forget();
        lookUpAll();
        assertEquals(0, proceeded);
        assertEquals(List.of(FIRST), book.addresses());
    }
}
