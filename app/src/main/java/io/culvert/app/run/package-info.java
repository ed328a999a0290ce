/**
 * What a long-running command does from its start to its end: claim the name, change the machine,
 * run, and undo all of it.
 *
 * <p>Floor 6: may import everything below.
 */
@NullMarked
package io.culvert.app.run;

import org.jspecify.annotations.NullMarked;
