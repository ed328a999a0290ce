package io.culvert.app.init;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nayuki.qrcodegen.QrCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class QrTextTest {
    private static final int MARGIN = 4;

    @Test
    void everyModuleIsHalfACharacter() {
        String content = "[Interface]\nPrivateKey = x\n";
        QrCode code = QrCode.encodeText(content, QrCode.Ecc.LOW);
        List<String> lines = QrText.of(content).lines().toList();
        assertEquals((code.size + 2 * MARGIN + 1) / 2, lines.size());
        for (int y = -MARGIN; y < code.size + MARGIN; y++) {
            String line = lines.get((y + MARGIN) / 2).replaceAll("\u001b\\[[0-9;]*m", "");
            assertEquals(code.size + 2 * MARGIN, line.length());
            String dark = (y + MARGIN) % 2 == 0 ? "█▀" : "█▄";
            for (int x = -MARGIN; x < code.size + MARGIN; x++) {
                boolean isDark = dark.indexOf(line.charAt(x + MARGIN)) >= 0;
                assertEquals(code.getModule(x, y), isDark, x + "," + y);
            }
        }
    }
}
