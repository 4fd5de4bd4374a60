/*
 * The subject tree of local self-government: what a law, an indicator of an assessment, a training,
 * a practice or a question is about. One tree for all of them, so that a gap finds the trainings
 * and the practices that closed the same gap elsewhere, and a plan the articles it rests on.
 *
 * The tree is part of the program (it changes with the law, not with the day); codes are kept in
 * records and never change their meaning. Topics of local services bear the code of the catalogue.
 */
#ifndef TOPICS_TOPICS_H
#define TOPICS_TOPICS_H

#include "platform/i18n/message.h"

struct topic {
    const char *code;   /* "budget" */
    const char *parent; /* "finance"; NULL: one of the roots */
    enum msg name;
    bool service; /* the code is that of a kind of service too */
};

/* Parents stand before their children; siblings in the order in which they are shown. */
extern const struct topic topics[];
extern const size_t topics_count;

/* NULL when unknown. */
const struct topic *topics_find(struct str code);
/* The topic itself or one above it. */
bool topics_within(struct str code, struct str above);

#endif
