package io.culvert.app.run;

import io.culvert.client.proxy.attach.Attached;
import io.culvert.config.TunnelFile;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.Journal;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A proxy's place among the tunnels that run here: its name, which one process has at a time, and
 * the sockets beside it. Confined to the thread that runs the command.
 */
final class ProxyPlace {
    private final TunnelFile file;
    private final RunDir folder;

    ProxyPlace(TunnelFile file, RunDir folder) {
        this.file = file;
        this.folder = folder;
    }

    /** The place of this user's proxies; the folder is made. */
    static ProxyPlace of(TunnelFile file, Map<String, String> environment) throws HostException {
        RunDir folder = RunDir.ofUser(environment);
        folder.prepare();
        return new ProxyPlace(file, folder);
    }

    Path statusSocket() {
        return StatusSocket.pathOf(folder.folder(), file.name());
    }

    Path attachSocket() {
        return Attached.pathOf(folder.folder(), file.name());
    }

    /**
     * Joins a process that runs this tunnel; null when none can be joined.
     *
     * @throws WrongInput when the one of this name is of another file
     */
    @Nullable Attached join() throws WrongInput {
        Attached other = Attached.find(attachSocket());
        String own = file.local().privateKey().publicKey().toBase64();
        if (other != null && !other.publicKey().equals(own)) {
            other.close();
            throw new WrongInput(
                    "a proxy named "
                            + file.name()
                            + " runs already, from another file with another key: give one of the"
                            + " files another name");
        }
        return other;
    }

    /**
     * Takes the name for this process; null while another process of this user has it.
     *
     * @throws HostException when the machine has an interface of this name
     */
    @Nullable Journal claim() throws HostException {
        requireNoInterface();
        if (folder.owner(file.name()) != null) {
            return null;
        }
        try {
            return Journal.claim(folder, file.name(), Owner.ofNoNetwork(), Machine.local());
        } catch (HostException e) {
            if (folder.owner(file.name()) != null) {
                return null; // it came in between
            }
            throw e;
        }
    }

    /** With the same key, two would take each other's answers; whose it is, is not ours to see. */
    private void requireNoInterface() throws HostException {
        try {
            NetworkInterface found = NetworkInterface.getByName(file.name());
            if (found != null && !found.isLoopback() && found.getHardwareAddress() == null) {
                throw new HostException(
                        "this machine has an interface "
                                + file.name()
                                + ", and two with one key would take each other's answers",
                        "use that one, without a proxy; or end it (`sudo culvert down "
                                + file.name()
                                + "`)");
            }
        } catch (SocketException ignored) { // it went meanwhile
        }
    }

    /** Why the name cannot be had. */
    HostException busy() throws HostException {
        Owner owner = folder.owner(file.name());
        String process = owner == null ? "" : " (process " + owner.pid() + ")";
        return new HostException(
                file.name()
                        + " runs already"
                        + process
                        + ", and two would take each other's answers",
                "use the one that runs (`culvert show "
                        + file.name()
                        + "`), or end it (`culvert down "
                        + file.name()
                        + "`)");
    }

    /** Gives the name free. */
    static void leave(Journal claimed) throws HostException {
        List<String> left = claimed.undo();
        Session.warn(left);
    }
}
