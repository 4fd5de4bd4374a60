/*
 * The states of a case as data: what they are called, who may leave them for what, and what
 * entering them asks for. Every rule, page and API reads this table; nothing else decides.
 */
#include "voice/cases/cases_internal.h"

#include "platform/web/components.h"

/* Ways to end a case that the municipality may choose while it is open. */
#define ENDINGS                                                                                    \
    (CASE_BIT(CASE_RESOLVED) | CASE_BIT(CASE_REFUSED) | CASE_BIT(CASE_DUPLICATE) |                 \
     CASE_BIT(CASE_PASSED))

#define NAMES(code_)                                                                               \
    .name = MSG_cases_state_##code_, .public_name = MSG_cases_public_##code_,                      \
    .action = MSG_cases_do_##code_, .code = #code_

const struct case_state_def case_states[CASE__MAX] = {
    [CASE_RECEIVED] = {NAMES(received), .tone = TONE_NEUTRAL, .open = true,
                       .next = CASE_BIT(CASE_ACCEPTED) | CASE_BIT(CASE_IN_PROGRESS) | ENDINGS,
                       .next_reporter = CASE_BIT(CASE_WITHDRAWN)},
    [CASE_ACCEPTED] = {NAMES(accepted), .tone = TONE_WAIT, .open = true,
                       .next = CASE_BIT(CASE_IN_PROGRESS) | ENDINGS,
                       .next_reporter = CASE_BIT(CASE_WITHDRAWN)},
    [CASE_IN_PROGRESS] = {NAMES(in_progress), .tone = TONE_WAIT, .open = true,
                          .next = CASE_BIT(CASE_ACCEPTED) | ENDINGS,
                          .next_reporter = CASE_BIT(CASE_WITHDRAWN)},
    [CASE_RESOLVED] = {NAMES(resolved), .tone = TONE_GOOD, .answered = true,
                       .next = CASE_BIT(CASE_REOPENED),
                       .next_reporter = CASE_BIT(CASE_CONFIRMED) | CASE_BIT(CASE_REOPENED),
                       .needs_answer = true},
    [CASE_CONFIRMED] = {NAMES(confirmed), .tone = TONE_GOOD,
                        .next_reporter = CASE_BIT(CASE_REOPENED)},
    [CASE_REOPENED] = {NAMES(reopened), .tone = TONE_BAD, .open = true,
                       .next = CASE_BIT(CASE_ACCEPTED) | CASE_BIT(CASE_IN_PROGRESS) | ENDINGS,
                       .next_reporter = CASE_BIT(CASE_WITHDRAWN)},
    [CASE_REFUSED] = {NAMES(refused), .tone = TONE_BAD, .answered = true,
                      .next = CASE_BIT(CASE_REOPENED), .next_reporter = CASE_BIT(CASE_REOPENED),
                      .needs_answer = true},
    [CASE_DUPLICATE] = {NAMES(duplicate), .tone = TONE_NEUTRAL, .answered = true,
                        .next = CASE_BIT(CASE_REOPENED), .next_reporter = CASE_BIT(CASE_REOPENED)},
    [CASE_PASSED] = {NAMES(passed), .tone = TONE_NEUTRAL, .answered = true,
                     .next = CASE_BIT(CASE_REOPENED) | CASE_BIT(CASE_RESOLVED),
                     .next_reporter = CASE_BIT(CASE_REOPENED), .needs_answer = true},
    [CASE_WITHDRAWN] = {NAMES(withdrawn), .tone = TONE_NEUTRAL},
};

bool case_state_parse(struct str code, enum case_state *out)
{
    for (int s = 0; s < CASE__MAX; s++)
        if (str_eq(code, str_from(case_states[s].code))) {
            *out = (enum case_state)s;
            return true;
        }
    return false;
}

static const char *const event_codes[CASE_EVENT__MAX] = {
    [CASE_EVENT_REPORT] = "report",   [CASE_EVENT_STATE] = "state",
    [CASE_EVENT_ANSWER] = "answer",   [CASE_EVENT_NOTE] = "note",
    [CASE_EVENT_ASSIGN] = "assign",   [CASE_EVENT_LOOK] = "look",
    [CASE_EVENT_ADDED] = "added",     [CASE_EVENT_RATED] = "rated",
    [CASE_EVENT_LATE] = "late",       [CASE_EVENT_CLASS] = "class",
    [CASE_EVENT_ASKED] = "asked",     [CASE_EVENT_SETTLED] = "settled",
    [CASE_EVENT_MOVED] = "moved",     [CASE_EVENT_FORGOTTEN] = "forgotten",
    [CASE_EVENT_CONTACT] = "contact",
};

struct str case_event_code(enum case_event_kind kind)
{
    return str_from(event_codes[kind]);
}

bool case_event_parse(struct str code, enum case_event_kind *out)
{
    for (int k = 0; k < CASE_EVENT__MAX; k++)
        if (str_eq(code, str_from(event_codes[k]))) {
            *out = (enum case_event_kind)k;
            return true;
        }
    return false;
}

struct str case_by_code(enum case_by by)
{
    return by == CASE_BY_STAFF      ? STR("staff")
           : by == CASE_BY_REPORTER ? STR("reporter")
                                    : STR("system");
}
