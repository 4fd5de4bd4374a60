/*
 * The rules of the IATI standard that its schema cannot say, by their numbers in the standard
 * ruleset: what a publisher is refused for after the schema was satisfied.
 */
#include "programme/results/results_exchange.h"

#include "platform/core/cli.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <math.h>
#include <stdio.h>

struct rule {
    const char *number, *text;
    /* Nodes at fault; from the root. */
    const char *wrong;
};
#define ACTIVITY "/iati-activities/iati-activity"
#define VALUES "*[self::baseline or self::target or self::actual]"
static const struct rule rules[] = {
    {"1.1.3", "the activity's identifier is that of the organisation",
     ACTIVITY "[iati-identifier = reporting-org/@ref]"},
    {"1.1.21", "the activity's identifier begins with the organisation's and a hyphen",
     ACTIVITY "[not(starts-with(iati-identifier, concat(reporting-org/@ref, '-')))]"},
    {"6.11.1", "a planned or an actual start date is missing",
     ACTIVITY "[not(activity-date[@type='1' or @type='2'])]"},
    {"6.2.2", "a sector is missing, of the activity or of every transaction",
     ACTIVITY "[not(sector) and (not(transaction) or transaction[not(sector)])]"},
    {"2.1.2", "the percentages of several sectors do not add up to 100",
     ACTIVITY "[count(sector[not(@vocabulary) or @vocabulary='1']) > 1 and "
              "(sum(sector[not(@vocabulary) or @vocabulary='1']/@percentage) < 99.99 or "
              "sum(sector[not(@vocabulary) or @vocabulary='1']/@percentage) > 100.01)]"},
    {"3.1.1", "a country or region is missing, of the activity or of every transaction",
     ACTIVITY "[not(recipient-country or recipient-region) and (not(transaction) or "
              "transaction[not(recipient-country or recipient-region)])]"},
    {"4.1.1", "a narrative has no language, and the activity no default one",
     ACTIVITY "[not(@xml:lang)]//narrative[not(@xml:lang)]"},
    {"7.8.1", "a sum has no currency, and the activity no default one",
     ACTIVITY "[not(@default-currency)]//value[not(@currency)]"},
    {"8.8.1", "a measure of numbers has no value",
     "//indicator[@measure='1' or @measure='2' or @measure='3' or @measure='4']//" VALUES
     "[not(@value)]"},
    {"8.9.1", "a value is no number",
     "//indicator[@measure='1' or @measure='2' or @measure='3' or @measure='4']//" VALUES
     "[@value and string(number(@value)) = 'NaN']"},
    {"8.10.1", "a qualitative measure has a value",
     "//indicator[@measure='5']//" VALUES "[@value]"},
    {"8.6.1", "a period does not begin before it ends",
     "//period[translate(period-start/@iso-date, '-', '') >= "
     "translate(period-end/@iso-date, '-', '')]"},
    {"8.11.1", "both the result and its indicator have a reference",
     "//result[reference]/indicator[reference]"},
};

static void tell(struct buf *faults, const char *number, const char *text, xmlNodePtr node)
{
    buf_printf(faults, "%s: %s (line %ld, <%s>)\n", number, text, xmlGetLineNo(node),
               (const char *)node->name);
}

static int run_rule(xmlXPathContextPtr context, const struct rule *rule, struct buf *faults)
{
    xmlXPathObjectPtr found = xmlXPathEvalExpression((const xmlChar *)rule->wrong, context);
    int n = 0;
    INVARIANT(found && found->type == XPATH_NODESET); /* the rules are ours */
    for (int i = 0; found->nodesetval && i < found->nodesetval->nodeNr; i++, n++)
        tell(faults, rule->number, rule->text, found->nodesetval->nodeTab[i]);
    xmlXPathFreeObject(found);
    return n;
}

/* Actual dates lie in the past: XPath does not know today. */
static int check_dates(xmlXPathContextPtr context, int64_t today, struct buf *faults)
{
    int n = 0;
    xmlXPathObjectPtr found =
        xmlXPathEvalExpression((const xmlChar *)"//activity-date[@type='2' or @type='4']", context);
    for (int i = 0; found && found->nodesetval && i < found->nodesetval->nodeNr; i++) {
        xmlChar *text = xmlGetProp(found->nodesetval->nodeTab[i], (const xmlChar *)"iso-date");
        int64_t day;
        if (!day_parse(str_from((const char *)text), &day) || day > today) {
            tell(faults, "6.11.4", "an actual date lies in the future",
                 found->nodesetval->nodeTab[i]);
            n++;
        }
        xmlFree(text);
    }
    xmlXPathFreeObject(found);
    return n;
}

/* Identifiers are each of one activity, and a value's place is one of the activity's. */
static int check_references(xmlXPathContextPtr context, struct buf *faults)
{
    static const struct rule own[] = {
        {"1.1.2", "two activities have the same identifier",
         ACTIVITY "[iati-identifier = preceding-sibling::iati-activity/iati-identifier]"},
    };
    return run_rule(context, &own[0], faults);
}

bool results_iati_check(struct str xml, int64_t today, struct buf *faults, int *count)
{
    *count = 0;
    xmlDocPtr doc = xml.n > INT32_MAX ? NULL
                                      : xmlReadMemory(xml.p, (int)xml.n, "activities.xml", NULL,
                                                      XML_PARSE_NONET | XML_PARSE_NOERROR |
                                                          XML_PARSE_NOWARNING | XML_PARSE_HUGE);
    if (!doc)
        return false;
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        *count += run_rule(context, &rules[i], faults);
    *count += check_dates(context, today, faults);
    *count += check_references(context, faults);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return true;
}

int results_command_check_iati(struct app *app, int argc, char **argv)
{
    (void)app;
    if (!cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    FILE *file = fopen(argv[0], "rb");
    if (!file) {
        cli_say("cannot read %s: %s", argv[0], strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    struct buf text = BUF_EMPTY, faults = BUF_EMPTY;
    size_t n;
    int count = 0;
    do {
        n = fread(buf_reserve(&text, 65536), 1, 65536, file);
        text.n += n;
    } while (n > 0);
    fclose(file);
    bool read = results_iati_check(buf_view(&text), day_today(), &faults, &count);
    if (!read)
        cli_say("%s is no XML", argv[0]);
    else if (count == 0)
        printf("%s keeps the rules\n", argv[0]);
    fwrite(faults.p ? faults.p : "", 1, faults.n, stdout);
    buf_free(&text);
    buf_free(&faults);
    return read && count == 0 ? EXIT_DONE : EXIT_FAULT;
}
