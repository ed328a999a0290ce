/**
 * {@code culvert init}: the files of a gateway and of its first peers.
 *
 * <ul>
 *   <li>{@link InitWish}: what the command line says.
 *   <li>{@link InitPlan}: what that comes to: names, addresses, keys.
 *   <li>{@link InitFiles}: the text of the files.
 *   <li>{@link Init}: writes them, and says what to do next.
 *   <li>{@link QrText}: a QR code of characters.
 * </ul>
 *
 * <p>Floor 6: may import everything below.
 */
@NullMarked
package io.culvert.app.init;

import org.jspecify.annotations.NullMarked;
