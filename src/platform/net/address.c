/* See address.h. */
#include "platform/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

struct range4 {
    uint32_t first;
    int bits;
};

static enum address_kind kind4(uint32_t v)
{
    static const struct range4 special[] = {
        {0x00000000, 8},  /* 0.0.0.0/8        this network */
        {0x0a000000, 8},  /* 10.0.0.0/8       private use */
        {0x64400000, 10}, /* 100.64.0.0/10    carriers' NAT */
        {0xa9fe0000, 16}, /* 169.254.0.0/16   link-local, cloud metadata */
        {0xac100000, 12}, /* 172.16.0.0/12    private use */
        {0xc0000000, 24}, /* 192.0.0.0/24     protocol assignments */
        {0xc0000200, 24}, /* 192.0.2.0/24     documentation */
        {0xc0586300, 24}, /* 192.88.99.0/24   6to4 relays, withdrawn */
        {0xc0a80000, 16}, /* 192.168.0.0/16   private use */
        {0xc6120000, 15}, /* 198.18.0.0/15    benchmarks */
        {0xc6336400, 24}, /* 198.51.100.0/24  documentation */
        {0xcb007100, 24}, /* 203.0.113.0/24   documentation */
        {0xe0000000, 3},  /* 224.0.0.0/3      multicast, reserved, broadcast */
    };
    if (v >> 24 == 127)
        return ADDRESS_LOOPBACK;
    for (size_t i = 0; i < COUNT_OF(special); i++)
        if (v >> (32 - special[i].bits) == special[i].first >> (32 - special[i].bits))
            return ADDRESS_PRIVATE;
    return ADDRESS_PUBLIC;
}

static uint32_t read4(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum address_kind kind6(const unsigned char p[16])
{
    static const unsigned char zero[16], mapped[12] = {[10] = 0xff, [11] = 0xff},
                                         nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(p, mapped, 12) == 0 || memcmp(p, nat64, 12) == 0)
        return kind4(read4(p + 12));
    if (memcmp(p, zero, 15) == 0 && p[15] == 1)
        return ADDRESS_LOOPBACK;
    uint32_t first = read4(p);
    if (first >> 16 == 0x2002) /* 6to4 */
        return kind4(read4(p + 2)) == ADDRESS_PUBLIC ? ADDRESS_PUBLIC : ADDRESS_PRIVATE;
    /* Only 2000::/3 is handed out; in it, 2001::/23 (protocols, Teredo, ORCHID), 2001:db8::/32 and
     * 3fff::/20 (documentation) are special. */
    if (first >> 29 != 1 || first >> 9 == 0x20010000 >> 9 || first == 0x20010db8 ||
        first >> 12 == 0x3fff0)
        return ADDRESS_PRIVATE;
    return ADDRESS_PUBLIC;
}

enum address_kind address_kind(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return kind4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return kind6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return ADDRESS_PRIVATE;
}
