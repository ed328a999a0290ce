/**
 * Counters, drop reasons and their snapshots.
 *
 * <p>Floor 0: imports nothing of the project.
 */
@NullMarked
package io.culvert.stats;

import org.jspecify.annotations.NullMarked;
