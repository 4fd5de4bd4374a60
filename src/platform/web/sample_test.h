/* A slice with one route for each thing that the tests of this room want to see. */
#ifndef WEB_SAMPLE_TEST_H
#define WEB_SAMPLE_TEST_H

#include "platform/web/slice.h"

extern const struct slice sample_slice;

extern int sample_handled;     /* how often a handler that changes something ran */
extern char sample_words[400]; /* what the form's last good submission said */

#endif
