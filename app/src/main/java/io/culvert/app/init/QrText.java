package io.culvert.app.init;

import io.nayuki.qrcodegen.QrCode;

/**
 * A QR code of half-block characters, two rows a line, dark on light whatever the terminal's
 * colours. Stateless, thread-safe.
 */
final class QrText {
    /** The quiet zone that readers want, in modules. */
    private static final int MARGIN = 4;

    private static final String BLACK_ON_WHITE = "\u001b[30;47m";
    private static final String PLAIN = "\u001b[0m";

    private QrText() {}

    static String of(String content) {
        QrCode code = QrCode.encodeText(content, QrCode.Ecc.LOW);
        StringBuilder text = new StringBuilder();
        for (int y = -MARGIN; y < code.size + MARGIN; y += 2) {
            text.append(BLACK_ON_WHITE);
            for (int x = -MARGIN; x < code.size + MARGIN; x++) {
                text.append(half(code.getModule(x, y), code.getModule(x, y + 1)));
            }
            text.append(PLAIN).append('\n');
        }
        return text.toString();
    }

    private static char half(boolean isUpperDark, boolean isLowerDark) {
        if (isUpperDark) {
            return isLowerDark ? '█' : '▀';
        }
        return isLowerDark ? '▄' : ' ';
    }
}
