/*
 * Which part of the internet an address belongs to: whether an outgoing connection that somebody
 * outside had a say in (a webhook, a feed) may go there.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "platform/core/str.h"

#include <sys/socket.h>

enum address_kind {
    ADDRESS_LOOPBACK, /* this machine */
    ADDRESS_PRIVATE,  /* a local network, or nothing that one could sensibly connect to */
    ADDRESS_PUBLIC
};

/* After the IANA special-purpose address registries (RFC 6890). IPv4 inside
 * IPv6 (mapped, NAT64, 6to4) counts as that IPv4 address. Unknown families are private. */
enum address_kind address_kind(const struct sockaddr *address);

#endif
