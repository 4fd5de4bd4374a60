/* Kinds of addresses: both ends of every special range, and what lies beside them. */
#include "platform/core/testing.h"
#include "platform/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static enum address_kind kind_of(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_kind((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return address_kind((const struct sockaddr *)&v6);
}

static void check(enum address_kind kind, const char *const *each)
{
    for (; *each; each++)
        if (kind_of(*each) != kind)
            fail_msg("%s is of kind %d", *each, (int)kind_of(*each));
}

static void knows_this_machine(void **state)
{
    (void)state;
    static const char *const each[] = {"127.0.0.1", "127.0.0.0",        "127.255.255.255",
                                       "::1",       "::ffff:127.0.0.1", "64:ff9b::7f00:1",
                                       NULL};
    check(ADDRESS_LOOPBACK, each);
}

static void knows_what_is_not_the_internet(void **state)
{
    (void)state;
    static const char *const each[] = {"0.0.0.0",
                                       "0.255.255.255",
                                       "10.0.0.0",
                                       "10.255.255.255",
                                       "100.64.0.0",
                                       "100.127.255.255",
                                       "169.254.0.0",
                                       "169.254.169.254",
                                       "172.16.0.0",
                                       "172.31.255.255",
                                       "192.0.0.1",
                                       "192.0.2.255",
                                       "192.88.99.1",
                                       "192.168.0.0",
                                       "192.168.255.255",
                                       "198.18.0.0",
                                       "198.19.255.255",
                                       "198.51.100.1",
                                       "203.0.113.9",
                                       "224.0.0.1",
                                       "239.255.255.255",
                                       "240.0.0.1",
                                       "255.255.255.255",
                                       "::",
                                       "::2",
                                       "::ffff:10.0.0.1",
                                       "::10.0.0.1",
                                       "64:ff9b::a00:1",
                                       "64:ff9b:1::1",
                                       "100::1",
                                       "2001::1",
                                       "2001:1ff:ffff::",
                                       "2001:db8::1",
                                       "2002:a00:1::",
                                       "2002:7f00:1::",
                                       "3fff::1",
                                       "fc00::1",
                                       "fdff::1",
                                       "fe80::1",
                                       "fec0::1",
                                       "ff02::1",
                                       "4000::1",
                                       NULL};
    check(ADDRESS_PRIVATE, each);
    struct sockaddr odd = {.sa_family = AF_UNIX};
    assert_int_equal(address_kind(&odd), ADDRESS_PRIVATE);
}

static void knows_the_internet(void **state)
{
    (void)state;
    static const char *const each[] = {
        "1.0.0.0",     "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
        "100.128.0.0", "126.255.255.255", "128.0.0.0",        "169.253.255.255",
        "169.255.0.0", "172.15.255.255",  "172.32.0.0",       "192.0.1.0",
        "192.0.3.0",   "192.167.255.255", "192.169.0.0",      "198.17.255.255",
        "198.20.0.0",  "203.0.112.255",   "203.0.114.0",      "223.255.255.255",
        "2001:200::1", "2001:4860::1",    "2a00::1",          "2002:808:808::",
        "3ffe::1",     "::ffff:8.8.8.8",  "64:ff9b::808:808", NULL};
    check(ADDRESS_PUBLIC, each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_this_machine),
        cmocka_unit_test(knows_what_is_not_the_internet),
        cmocka_unit_test(knows_the_internet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
