/*
 * The front door: find your municipality, its page, and what the program is. Rooms below give the
 * figures; this one puts them together.
 */
#ifndef HOME_HOME_H
#define HOME_HOME_H

#include "platform/web/slice.h"

extern const struct slice home_slice;

#endif
