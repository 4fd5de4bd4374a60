/* The form of one answer: the same for the municipality, the verifier and the decision of an
 * appeal. */
#ifndef ASSESSMENT_FORM_H
#define ASSESSMENT_FORM_H

#include "programme/assessment/assessment_view.h"

extern const struct field assessment_answer_fields[ASSESS_FIELDS];

/* A round and one indicator of one municipality, as the address names them. */
struct answer_data {
    struct req *r;
    struct rounds rounds;
    const struct round *round;
    int at;
    struct given *given;
    struct sql_evidence_list_rows evidence;
    struct sql_entry_get_row entry;
    struct sql_appeal_list_rows appeals; /* of the municipality in the round */
    struct str want_round;               /* NULL: the newest round that the municipality is in */
};
/* db_fn. ERR_NOT_FOUND: no such indicator (`{indicator}` in the route), or not in the round. */
MUST enum err answer_data_read(struct tx *tx, void *arg);
const struct sql_appeal_list_row *answer_appeal(const struct answer_data *d);

/* All answers of the municipality in one round (`?round=`, else the newest), what the records tell
 * included while it may still be answered. */
struct answer_sheet {
    const struct round *round;
    struct rounds rounds;
    struct given *given;
    bool editable; /* today, and not submitted */
};
MUST enum err answer_sheet_read(struct req *r, struct tx *tx, struct answer_sheet *out);

/* What was typed; false when a number is missing (the form bears the fault). */
bool answer_from_form(struct req *r, struct form *f, const struct indicator *i, struct answer *out);
void answer_to_form(struct form *f, const struct indicator *i, const struct answer *x, char grade,
                    struct str note);
void answer_show_fault(struct req *r, struct form *f, const struct indicator *i,
                       struct assessment_fault fault);
/* Name, definition, goal, levels, evidence. */
void answer_fill_view(const struct answer_data *d, struct answer_view *v);

#endif
