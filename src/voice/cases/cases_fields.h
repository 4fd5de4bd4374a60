/*
 * The fields of the public forms, in the order of their tables in cases_web_*.c.
 */
#ifndef CASES_FIELDS_H
#define CASES_FIELDS_H

enum {
    REPORT_SERVICE,
    REPORT_FAULT,
    REPORT_VILLAGE,
    REPORT_STREET,
    REPORT_LAT,
    REPORT_LON,
    REPORT_WORDS,
    REPORT_PHOTO,
    REPORT_HIDE,
    REPORT_NAME,
    REPORT_EMAIL,
    REPORT_PHONE,
    REPORT_TRAP,  /* people do not see it */
    REPORT_BEGAN, /* when the page was made */
    REPORT_SIMILAR_SEEN,
};
enum { ANSWER_FIXED, ANSWER_STARS, ANSWER_WORDS };
enum { ADD_WORDS, ADD_PHOTO };
enum {
    FILTER_SERVICE,
    FILTER_VILLAGE,
    FILTER_STATE,
    FILTER_FROM,
    FILTER_TO,
    FILTER_PROMISE,
    FILTER_KEPT,
    FILTER_AFTER,
    FILTER_BEFORE,
    FILTER_OF,
};

#endif
