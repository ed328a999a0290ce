package io.culvert.config;

import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpPrefix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one tunnel file: bytes, then sections, then records, then what only the whole can tell. One
 * a file, confined to its caller.
 */
final class TunnelFileReader {
    /** 10 000 peers fit; whatever is larger is no tunnel file. */
    private static final int LIMIT_BYTES = 4 << 20;

    private final String file;
    private final Path path;
    private final Path folder;

    TunnelFileReader(Path path) {
        this.file = path.toString();
        this.path = path;
        Path parent = path.toAbsolutePath().normalize().getParent();
        this.folder = parent == null ? Path.of("/") : parent;
    }

    static TunnelFile read(Path path) throws ConfigException {
        TunnelFileReader reader = new TunnelFileReader(path);
        String text = reader.text();
        return reader.parse(text, reader.permissionWarnings());
    }

    private String text() throws ConfigException {
        if (Files.isDirectory(path)) {
            throw new ConfigException(file, "is a folder", "name the .conf file in it");
        }
        if (!Files.exists(path)) {
            throw new ConfigException(
                    file, "there is no such file", "check the path; a tunnel file ends in .conf");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LIMIT_BYTES + 1);
            if (bytes.length > LIMIT_BYTES) {
                throw new ConfigException(
                        file,
                        "is larger than " + (LIMIT_BYTES >> 20) + " MiB",
                        "check the path; this is no tunnel file");
            }
            return decode(bytes);
        } catch (IOException e) {
            throw new ConfigException(
                    file,
                    "cannot be read: " + e.getMessage(),
                    "check its permissions, or use sudo");
        }
    }

    private String decode(byte[] bytes) throws ConfigException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError() || text.indexOf('\0') >= 0) {
            int end = result.isError() ? text.length() : text.indexOf('\0');
            int line = 1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
            throw new ConfigException(
                    file, line, "", "this is not UTF-8 text", "save the file as UTF-8");
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text; // Windows editors put a BOM
    }

    private List<Warning> permissionWarnings() {
        String mode = FileMode.openToEverybody(path);
        if (mode == null) {
            return List.of();
        }
        String text =
                "everybody on this machine can read the private key (%s): chmod 600 %s"
                        .formatted(mode, file);
        return List.of(new Warning(file, 0, text));
    }

    TunnelFile parse(String text, List<Warning> found) throws ConfigException {
        List<Warning> warnings = new ArrayList<>(found);
        String name = name();
        List<Section> sections = new SectionParser(file, warnings).parse(text);
        InterfaceSection local = null;
        List<PeerSection> peers = new ArrayList<>();
        SectionReader reader = new SectionReader(folder, warnings);
        for (Section section : sections) {
            switch (section.kind()) {
                case INTERFACE -> local = reader.readInterface(section);
                case PEER -> peers.add(reader.readPeer(section));
            }
        }
        if (local == null) {
            throw new ConfigException(
                    file, "has no [Interface]", "begin it with [Interface] and PrivateKey = …");
        }
        if (peers.isEmpty()) {
            warnings.add(new Warning(file, 0, "has no [Peer]: nobody can be reached"));
        }
        refuseOwnKey(sections, local.privateKey().publicKey());
        refuseDoublePeers(sections, peers);
        refuseDoublePrefixes(sections, peers);
        warnOfHalfFamilies(sections, peers, warnings);
        return new TunnelFile(name, folder, local, peers, warnings);
    }

    private String name() throws ConfigException {
        Path last = path.getFileName();
        String base = last == null ? "" : last.toString();
        String name = base.endsWith(TunnelFile.SUFFIX) ? TunnelFile.nameOf(base) : "";
        if (!TunnelFile.isName(name)) {
            throw new ConfigException(
                    file,
                    "its name cannot name an interface",
                    "call it NAME.conf with 1 to 15 of a-z A-Z 0-9 _ = + . - in NAME,"
                            + " but not all or default");
        }
        return name;
    }

    /** WireGuard drops such a peer without a word. */
    private static void refuseOwnKey(List<Section> sections, PublicKey own) throws ConfigException {
        for (Section section : peerSections(sections)) {
            Entry entry = section.require(Key.PUBLIC_KEY, "");
            if (Values.publicKey(entry).equals(own)) {
                throw entry.bad(
                        "PublicKey is that of this file's own PrivateKey",
                        "write the key that `culvert pubkey` prints on the other machine");
            }
        }
    }

    private void refuseDoublePeers(List<Section> sections, List<PeerSection> peers)
            throws ConfigException {
        Map<PublicKey, Integer> lines = new HashMap<>();
        List<Section> texts = peerSections(sections);
        for (int i = 0; i < peers.size(); i++) {
            Entry entry = texts.get(i).require(Key.PUBLIC_KEY, "");
            Integer earlier = lines.putIfAbsent(peers.get(i).publicKey(), entry.line());
            if (earlier != null) {
                throw entry.bad(
                        "PublicKey is that of line " + earlier + " already",
                        "put both into one [Peer]");
            }
        }
    }

    /** WireGuard would silently give the prefix to the last peer that names it. */
    private void refuseDoublePrefixes(List<Section> sections, List<PeerSection> peers)
            throws ConfigException {
        Map<IpPrefix, Integer> owners = new HashMap<>();
        List<Section> texts = peerSections(sections);
        for (int i = 0; i < peers.size(); i++) {
            for (IpPrefix prefix : peers.get(i).allowedIps()) {
                int owner = owners.getOrDefault(prefix, i);
                owners.put(prefix, i);
                if (owner != i) {
                    throw texts.get(i)
                            .require(Key.ALLOWED_IPS, "")
                            .bad(
                                    prefix
                                            + " belongs to the peer of line "
                                            + texts.get(owner).line()
                                            + " already",
                                    "give each prefix to one peer");
                }
            }
        }
    }

    private static List<Section> peerSections(List<Section> sections) {
        return sections.stream().filter(section -> section.kind() == SectionKind.PEER).toList();
    }

    /** A default route for one family only is the usual way how addresses leak. */
    private static void warnOfHalfFamilies(
            List<Section> sections, List<PeerSection> peers, List<Warning> warnings) {
        List<Section> texts = peerSections(sections);
        boolean hasIpv6Default = false;
        int line = -1;
        for (int i = 0; i < peers.size(); i++) {
            for (IpPrefix prefix : peers.get(i).allowedIps()) {
                hasIpv6Default |= prefix.length() == 0 && prefix.isIpv6();
                line = prefix.length() == 0 && !prefix.isIpv6() ? i : line;
            }
        }
        Entry entry = line < 0 ? null : texts.get(line).find(Key.ALLOWED_IPS);
        if (entry != null && !hasIpv6Default) {
            warnings.add(
                    entry.warning(
                            "all of IPv4 goes through the tunnel but IPv6 does not: add ::/0 if"
                                    + " nothing may pass beside it"));
        }
    }
}
