package io.culvert.netstack;

/** Who has a place in TCP's table: a flow, one that lingers, or an opening that is not answered. */
sealed interface Occupant extends Keyed permits TcpFlow, TimeWait, TcpRequest {}
