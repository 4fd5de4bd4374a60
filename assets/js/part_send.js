/* part_send */
