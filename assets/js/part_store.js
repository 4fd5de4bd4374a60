/* part_store */
